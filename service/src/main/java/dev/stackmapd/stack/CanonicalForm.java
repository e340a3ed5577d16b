package dev.stackmapd.stack;

import dev.stackmapd.elfcore.elf.BuildId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/// Writes the bytes that a [StackId] digests, straight from packed words.
final class CanonicalForm {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes;
    private int size;

    /// Of one stack.
    CanonicalForm(PackedStack stack, BuildIds buildIds) {
        int usualFrameBytes = 1 + BuildId.MAX_KERNEL_BYTES + Long.BYTES;
        bytes = new byte[Math.addExact(1, Math.multiplyExact(stack.depth(), usualFrameBytes))];
        bytes[size++] = (byte) (stack.truncated() ? 1 : 0);
        long[] words = stack.words();
        for (int at = 0; at < stack.length(); at++) {
            long word = words[at];
            switch ((int) (word >>> PackedStack.KIND_SHIFT)) {
                case (int) PackedStack.IN_FILE ->
                    put(buildIds.get((int) (word >>> PackedStack.OFFSET_BITS)), word & PackedStack.OFFSET_MASK);
                case (int) PackedStack.RAW -> put((word << 6) >> 6);
                case (int) PackedStack.WIDE_IN_FILE -> put(buildIds.get((int) word), words[++at]);
                default -> put(words[++at]);
            }
        }
    }

    byte[] digest(MessageDigest digest) {
        digest.update(bytes, 0, size);
        return digest.digest();
    }

    private void put(BuildId buildId, long offset) {
        int length = buildId.length();
        ensure(1 + length + Long.BYTES);
        bytes[size] = (byte) length;
        buildId.copyTo(bytes, size + 1);
        LONG.set(bytes, size + 1 + length, offset);
        size += 1 + length + Long.BYTES;
    }

    private void put(long address) {
        ensure(1 + Long.BYTES);
        bytes[size] = 0;
        LONG.set(bytes, size + 1, address);
        size += 1 + Long.BYTES;
    }

    private void ensure(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), Math.multiplyExact(bytes.length, 2)));
        }
    }
}
