package dev.stackmapd.elfcore.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/// A keyed 64-bit hash, so that the author of a binary cannot choose names that collide. Each process
/// has its own key, and nothing in an index file depends on it.
final class Hash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long KEY = new SecureRandom().nextLong();
    private static final long STEP = new SecureRandom().nextLong() | 1;

    private Hash() {}

    /// Mixes one more word into a hash that began as 0.
    static long mix(long hash, long word) {
        long low = hash ^ word ^ KEY;
        return Math.unsignedMultiplyHigh(low, STEP) ^ (low * STEP) ^ Long.rotateLeft(low, 23);
    }

    static long of(byte[] bytes) {
        long hash = bytes.length;
        int at = 0;
        for (; at <= bytes.length - Long.BYTES; at += Long.BYTES) {
            hash = mix(hash, (long) LONG.get(bytes, at));
        }
        long rest = 0;
        for (; at < bytes.length; at++) {
            rest = rest << Byte.SIZE | (bytes[at] & 0xff);
        }
        return mix(hash, rest);
    }
}
