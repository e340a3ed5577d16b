package dev.stackmapd.elfcore.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A sorted run of [Pieces], with a current piece. Not thread-safe.
final class PieceRun {
    /// Start, end, sequence, offset of the content: 8 each; length of the content: 4.
    static final int ENTRY_BYTES = 4 * Long.BYTES + Integer.BYTES;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment table;
    private final int count;
    private final MemorySegment contents;
    private int at;

    PieceRun(MemorySegment table, int count, MemorySegment contents) {
        this.table = table;
        this.count = count;
        this.contents = contents;
    }

    boolean exhausted() {
        return at == count;
    }

    void advance() {
        at++;
    }

    long start() {
        return table.get(LONG, (long) at * ENTRY_BYTES);
    }

    /// Returns true if the current piece sorts before that of another run: by start, then by unit.
    boolean before(PieceRun other) {
        int order = Long.compareUnsigned(start(), other.start());
        return order != 0 ? order < 0 : sequence() < other.sequence();
    }

    private long sequence() {
        return table.get(LONG, (long) at * ENTRY_BYTES + 2 * Long.BYTES);
    }

    Piece piece() {
        long entry = (long) at * ENTRY_BYTES;
        return new Piece(
                table.get(LONG, entry),
                table.get(LONG, entry + Long.BYTES),
                sequence(),
                contents.asSlice(table.get(LONG, entry + 3 * Long.BYTES), table.get(INT, entry + 4 * Long.BYTES)));
    }

    /// Code without a gap, and the data that one unit has for it. Immutable.
    static final class Piece {
        private final long start;
        private final long end;
        private final long sequence;
        private final MemorySegment content;

        private Piece(long start, long end, long sequence, MemorySegment content) {
            this.start = start;
            this.end = end;
            this.sequence = sequence;
            this.content = content;
        }

        /// Returns the ELF address where its code begins.
        long start() {
            return start;
        }

        long end() {
            return end;
        }

        /// Returns its sequence number, which is smaller for an earlier unit.
        long sequence() {
            return sequence;
        }

        /// Returns its content, see [Pieces].
        MemorySegment content() {
            return content;
        }
    }
}
