package dev.stackmapd.upstream;

/// What a [DownloadSink] thinks of the bytes.
public sealed interface ContentCheck {

    /// Nothing is wrong so far; from [DownloadSink#verify], the file is the one asked for.
    record Accepted() implements ContentCheck {}

    /// The bytes are not what was asked for, whatever follows.
    ///
    /// @param detail for people; names no path of this host and repeats no bytes of the body
    record Rejected(String detail) implements ContentCheck {}

    ContentCheck ACCEPTED = new Accepted();
}
