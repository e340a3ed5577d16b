package dev.stackmapd.elfcore.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The front-coded strings of an index. Immutable and thread-safe; data outside the sections is an
/// `IndexOutOfBoundsException`.
final class IndexStrings {
    /// More than the length of any name that a build accepts.
    private static final int MAX_BYTES = 1 << 20;

    private final MemorySegment groups;
    private final MemorySegment texts;
    private final int count;

    IndexStrings(MemorySegment groups, MemorySegment texts, int count) {
        this.groups = groups;
        this.texts = texts;
        this.count = count;
    }

    static long expectedGroupBytes(int count) {
        return (((long) count + IndexFormat.STRINGS_TOGETHER - 1) / IndexFormat.STRINGS_TOGETHER + 1) * Integer.BYTES;
    }

    String get(int number) {
        if (number < 0 || number >= count) {
            throw new IndexOutOfBoundsException("string " + number + " of " + count);
        }
        GroupReader text = new GroupReader(group(number / IndexFormat.STRINGS_TOGETHER));
        for (int i = 0; i <= number % IndexFormat.STRINGS_TOGETHER; i++) {
            text.read();
        }
        return new String(text.bytes, 0, text.length, StandardCharsets.UTF_8);
    }

    private MemorySegment group(int group) {
        long at = Integer.toUnsignedLong(groups.get(IndexFormat.INT, (long) group * Integer.BYTES));
        long end = Integer.toUnsignedLong(groups.get(IndexFormat.INT, (long) (group + 1) * Integer.BYTES));
        return texts.asSlice(at, end - at);
    }

    /// Decodes the strings of one group one after the other.
    private static final class GroupReader {
        private final MemorySegment from;
        private long at;
        private byte[] bytes = new byte[64];
        private int length;

        GroupReader(MemorySegment from) {
            this.from = from;
        }

        void read() {
            int shared = number();
            int more = number();
            if (shared > length || more > from.byteSize() - at) {
                throw new IndexOutOfBoundsException("a string shares %d bytes and adds %d".formatted(shared, more));
            }
            if (bytes.length < shared + more) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, shared + more));
            }
            MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, bytes, shared, more);
            at += more;
            length = shared + more;
        }

        private int number() {
            int value = 0;
            for (int shift = 0; shift < 28; shift += 7) {
                byte part = from.get(ValueLayout.JAVA_BYTE, at++);
                value |= (part & 0x7f) << shift;
                if (part >= 0 && value <= MAX_BYTES) {
                    return value;
                }
            }
            throw new IndexOutOfBoundsException("a string has more than " + MAX_BYTES + " bytes");
        }
    }
}
