package dev.stackmapd.resolve.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;

/// The name of a mapped file in the bytes of the maps text (PMX-07). Immutable.
public final class PathName {
    private static final byte[] DELETED = " (deleted)".getBytes(US_ASCII);

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final SecureRandom RANDOM = new SecureRandom();

    /// Random parameters of the hash: with constants, senders could send thousands of names with the
    /// same hash.
    private static final long SEED = RANDOM.nextLong();
    private static final long MULTIPLIER = RANDOM.nextLong() | 1;

    private final byte[] bytes;

    private PathName(byte[] bytes) {
        this.bytes = bytes;
    }

    /// @param bytes copied
    public static PathName of(byte[] bytes) {
        return new PathName(bytes.clone());
    }

    /// Returns the name without the suffix of an unlinked file (PMX-09), or this name if it has no such
    /// suffix.
    public PathName unmarked() {
        int length = bytes.length - DELETED.length;
        return length >= 0 && Arrays.equals(bytes, length, bytes.length, DELETED, 0, DELETED.length)
                ? new PathName(Arrays.copyOf(bytes, length))
                : this;
    }

    /// Returns a copy of the bytes.
    public byte[] toBytes() {
        return bytes.clone();
    }

    /// Returns the number of bytes.
    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathName that && Arrays.equals(bytes, that.bytes);
    }

    /// Returns a hash that differs from one run to the next. The shift is necessary: a polynomial modulo
    /// a power of two has pairs of texts that collide under every multiplier (Thue and Morse's sequence
    /// and its complement).
    @Override
    public int hashCode() {
        long hash = SEED;
        int at = 0;
        for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
            hash = mix(hash ^ (long) LONG.get(bytes, at));
        }
        for (; at < bytes.length; at++) {
            hash = mix(hash ^ bytes[at]);
        }
        return (int) hash;
    }

    private static long mix(long value) {
        long product = value * MULTIPLIER;
        return product ^ product >>> 32;
    }

    /// Returns the name for display, with U+FFFD for malformed UTF-8.
    @Override
    public String toString() {
        return new String(bytes, UTF_8);
    }
}
