package dev.stackmapd.upstream;

import java.io.IOException;

/// Takes one upstream's body. Calls come from one thread, in the order `write`*, `verify`, and then exactly one of
/// `keep` and `discard`; `discard` may come at any time, and also follows a `keep` that failed.
///
/// The thread may be interrupted in `write` and `verify`, never in `keep` or `discard`. An `IOException` is this
/// host's failure (a full disk), not the upstream's.
public interface DownloadSink {

    /// Takes bytes in the order of the file.
    ///
    /// @param bytes the caller's, and used again by it; only the first `length` count
    /// @param length 1 to `bytes.length`
    /// @return wrong as soon as that is certain (not ELF, another build-id), which ends the transfer
    ContentCheck write(byte[] bytes, int length) throws IOException;

    /// Says whether the whole file is the one asked for: of an executable or debug file, its own build-id says so; of
    /// a source file, nothing does. Until then it must not be visible to anyone.
    ContentCheck verify() throws IOException;

    /// Makes the verified file visible; this upstream has won.
    void keep() throws IOException;

    /// Removes all traces.
    void discard();

    /// What a [DownloadSink] thinks of the bytes.
    sealed interface ContentCheck {

        /// Nothing is wrong so far; from [DownloadSink#verify], the file is the one asked for.
        record Accepted() implements ContentCheck {}

        /// The bytes are not what was asked for, whatever follows.
        ///
        /// @param detail for people; names no path of this host and repeats no bytes of the body
        record Rejected(String detail) implements ContentCheck {}

        ContentCheck ACCEPTED = new Accepted();
    }
}
