package dev.stackmapd.upstream;

import java.io.IOException;

/// Opens a [Sink] for each upstream that begins to send a file. Thread-safe: several upstreams may send at once.
@FunctionalInterface
public interface Intake {

    /// @param imaSignature the header `X-DEBUGINFOD-IMASIGNATURE` as it was sent, unchecked; empty if there
    ///     was none
    /// @throws IOException if nothing can be taken now, such as when the disk's quota is used up
    Sink open(Wanted wanted, Upstream from, String imaSignature) throws IOException;
}
