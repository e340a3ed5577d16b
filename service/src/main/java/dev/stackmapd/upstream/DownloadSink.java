package dev.stackmapd.upstream;

import java.io.IOException;

/// Receives the body of one upstream's response. Calls come from one thread, in the order `write`*,
/// `verify`, and then exactly one of `keep` and `discard`; `discard` may be called at any time, and also
/// after a `keep` that failed.
///
/// The thread may be interrupted in `write` and `verify`, never in `keep` or `discard`. An `IOException`
/// is this host's failure (a full disk), not the upstream's.
public interface DownloadSink {

    /// Receives the next bytes of the file.
    ///
    /// @param bytes the caller's buffer, which it reuses; only the first `length` bytes are valid
    /// @param length 1 to `bytes.length`
    /// @return a rejection as soon as it is certain (not ELF, another build-id), which ends the transfer
    ContentCheck write(byte[] bytes, int length) throws IOException;

    /// Verifies that the complete file is the requested one: an executable or debug file by its own
    /// build-id; a source file cannot be verified. Before this call returns, the file must not be
    /// visible to readers.
    ContentCheck verify() throws IOException;

    /// Makes the verified file visible; this upstream has won.
    void keep() throws IOException;

    /// Removes everything that was written.
    void discard();

    /// The result of a sink's check of the bytes.
    sealed interface ContentCheck {

        /// No error was found so far; from [DownloadSink#verify], the file is the requested one.
        record Accepted() implements ContentCheck {}

        /// The bytes are not the requested file, whatever follows.
        ///
        /// @param detail for people; names no path of this host and repeats no bytes of the body
        record Rejected(String detail) implements ContentCheck {}

        ContentCheck ACCEPTED = new Accepted();
    }
}
