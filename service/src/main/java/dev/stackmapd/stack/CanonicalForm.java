package dev.stackmapd.stack;

import dev.stackmapd.elfcore.elf.BuildId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Writes the bytes that a [StackId] digests, straight from packed words.
final class CanonicalForm {
    private CanonicalForm() {}

    static byte[] of(PackedStack stack, BuildIds buildIds) {
        byte[] bytes = new byte[size(stack, buildIds)];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) (stack.truncated() ? 1 : 0));
        long[] words = stack.words();
        for (int at = 0; at < stack.length(); at++) {
            long word = words[at];
            switch ((int) (word >>> PackedStack.KIND_SHIFT)) {
                case (int) PackedStack.IN_FILE -> {
                    putBuildId(out, buildIds.get((int) (word >>> PackedStack.OFFSET_BITS)));
                    out.putLong(word & PackedStack.OFFSET_MASK);
                }
                case (int) PackedStack.RAW -> out.put((byte) 0).putLong((word << 6) >> 6);
                case (int) PackedStack.WIDE_IN_FILE -> {
                    putBuildId(out, buildIds.get((int) word));
                    out.putLong(words[++at]);
                }
                default -> out.put((byte) 0).putLong(words[++at]);
            }
        }
        return bytes;
    }

    private static int size(PackedStack stack, BuildIds buildIds) {
        int size = 1 + stack.depth() * (1 + Long.BYTES);
        long[] words = stack.words();
        for (int at = 0; at < stack.length(); at++) {
            long word = words[at];
            switch ((int) (word >>> PackedStack.KIND_SHIFT)) {
                case (int) PackedStack.IN_FILE ->
                    size = Math.addExact(
                            size,
                            buildIds.get((int) (word >>> PackedStack.OFFSET_BITS))
                                    .length());
                case (int) PackedStack.RAW -> {}
                case (int) PackedStack.WIDE_IN_FILE -> {
                    size = Math.addExact(size, buildIds.get((int) word).length());
                    at++;
                }
                default -> at++;
            }
        }
        return size;
    }

    private static void putBuildId(ByteBuffer out, BuildId buildId) {
        out.put((byte) buildId.length());
        for (int i = 0; i < buildId.length(); i++) {
            out.put(buildId.byteAt(i));
        }
    }
}
