package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/// The name of a mapped file as the maps text has it, byte for byte (PMX-07). Immutable.
public final class PathName {
    private static final byte[] DELETED = " (deleted)".getBytes(US_ASCII);

    private final byte[] bytes;

    private PathName(byte[] bytes) {
        this.bytes = bytes;
    }

    /// @param bytes copied
    public static PathName of(byte[] bytes) {
        return new PathName(bytes.clone());
    }

    /// The name without the mark of a file that is no longer linked (PMX-09); itself if it has none.
    PathName unmarked() {
        int length = bytes.length - DELETED.length;
        return length >= 0 && Arrays.equals(bytes, length, bytes.length, DELETED, 0, DELETED.length)
                ? new PathName(Arrays.copyOf(bytes, length))
                : this;
    }

    /// Bytes of the name.
    int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathName that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /// For people: what is not UTF-8 is replaced.
    @Override
    public String toString() {
        return new String(bytes, UTF_8);
    }
}
