package dev.stackmapd.upstream;

import java.time.InstantSource;

/// What all requests share.
record Surroundings(
        UpstreamLimits limits,
        NegativeLives lives,
        AddressRules rules,
        HostLookup names,
        Transport transport,
        Intake intake,
        InstantSource clock) {}
