package dev.stackmapd.upstream;

import java.time.InstantSource;

/// What all requests share.
record ClientContext(
        UpstreamLimits limits,
        NegativeTtls ttls,
        AddressRules rules,
        HostLookup names,
        Transport transport,
        DownloadSinkFactory intake,
        InstantSource clock) {}
