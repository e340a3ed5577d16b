package dev.stackmapd.upstream;

/// What a [Sink] thinks of the bytes.
public sealed interface Verdict {

    /// Nothing is wrong so far; from [Sink#verify], the file is the one asked for.
    record Good() implements Verdict {}

    /// The bytes are not what was asked for, whatever follows.
    ///
    /// @param detail for people; names no path of this host and repeats no bytes of the body
    record Wrong(String detail) implements Verdict {}

    Verdict GOOD = new Good();
}
