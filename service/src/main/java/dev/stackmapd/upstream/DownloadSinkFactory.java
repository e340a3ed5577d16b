package dev.stackmapd.upstream;

import java.io.IOException;

/// Opens a [DownloadSink] for each response with a file. Implementations are thread-safe: several
/// upstreams may send at once.
@FunctionalInterface
public interface DownloadSinkFactory {

    /// @param imaSignature the header `X-DEBUGINFOD-IMASIGNATURE` as it was sent, unchecked; empty if
    ///     there was none
    /// @throws IOException if no file can be stored now, for example because the disk quota is used up
    DownloadSink open(FileRequest request, Upstream from, String imaSignature) throws IOException;
}
