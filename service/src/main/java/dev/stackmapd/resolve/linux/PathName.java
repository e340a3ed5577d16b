package dev.stackmapd.resolve.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;

/// The name of a mapped file as the maps text has it, byte for byte (PMX-07). Immutable.
public final class PathName {
    private static final byte[] DELETED = " (deleted)".getBytes(US_ASCII);

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final SecureRandom RANDOM = new SecureRandom();

    /// Neither is known to senders: with fixed ones they could send thousands of names of one hash.
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

    /// The name without the mark of a file that is no longer linked (PMX-09); itself if it has none.
    public PathName unmarked() {
        int length = bytes.length - DELETED.length;
        return length >= 0 && Arrays.equals(bytes, length, bytes.length, DELETED, 0, DELETED.length)
                ? new PathName(Arrays.copyOf(bytes, length))
                : this;
    }

    /// A copy of its bytes.
    public byte[] toBytes() {
        return bytes.clone();
    }

    /// Bytes of the name.
    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathName that && Arrays.equals(bytes, that.bytes);
    }

    /// Differs from one run to the next. The shift matters: a polynomial modulo a power of two has pairs of texts that
    /// collide under every multiplier (Thue and Morse's sequence and its complement).
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

    /// For people: what is not UTF-8 is replaced.
    @Override
    public String toString() {
        return new String(bytes, UTF_8);
    }
}
