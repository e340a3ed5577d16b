package dev.stackmapd.upstream;

import java.io.IOException;

/// Opens a [DownloadSink] for each upstream that begins to send a file. Thread-safe: several upstreams may send at
/// once.
@FunctionalInterface
public interface DownloadSinkFactory {

    /// @param imaSignature the header `X-DEBUGINFOD-IMASIGNATURE` as it was sent, unchecked; empty if there
    ///     was none
    /// @throws IOException if nothing can be taken now, such as when the disk's quota is used up
    DownloadSink open(FileRequest request, Upstream from, String imaSignature) throws IOException;
}
