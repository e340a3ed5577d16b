package dev.stackmapd.elfcore.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// A copy of one block of an index, decoded up to the last requested entry. For one thread.
final class BlockCursor {
    private static final int NOTHING = -1;
    private static final int SHORT_LINE = IndexFormat.OP_SHORT_SAME_COLUMN - IndexFormat.LOWEST_SHORT_LINE;

    private final byte[] bytes = new byte[IndexFormat.MAX_BLOCK_BYTES + 16];
    private final int[] contexts = new int[IndexFormat.BLOCK_ENTRIES];
    private final int[] files = new int[IndexFormat.BLOCK_ENTRIES];
    private final int[] lines = new int[IndexFormat.BLOCK_ENTRIES];
    private final int[] columns = new int[IndexFormat.BLOCK_ENTRIES];
    private @Nullable SymbolIndex owner;
    private long number = NOTHING;
    private int size;
    private int entries;
    private int lengthsAt;
    private int longLengthsAt;
    private int at;
    private int firstAt;
    private int secondAt;
    private int half;
    private int decoded;
    private long rest;
    // The values of the last decoded entry, or of the last one before it at which anything is known.
    private int context;
    private int file;
    private int line;
    private int column;

    /// Returns true if this cursor has that block of that index.
    boolean holds(SymbolIndex index, long block) {
        return number == block && owner == index;
    }

    /// Copies a block, without decoding anything.
    ///
    /// @param offset of the block in the section
    void load(SymbolIndex index, long block, MemorySegment section, long offset, long length) {
        number = NOTHING;
        if (length < 2 || length > IndexFormat.MAX_BLOCK_BYTES) {
            throw new IndexOutOfBoundsException("the block has " + length + " bytes");
        }
        size = (int) length;
        MemorySegment.copy(section, ValueLayout.JAVA_BYTE, offset, bytes, 0, size);
        int head = bytes[0];
        entries = (head & (IndexFormat.BLOCK_ENTRIES - 1)) + 1;
        at = 1;
        long longBytes = (head & IndexFormat.LONG_LENGTHS) != 0 ? number() : 0;
        long firstBytes = entries > IndexFormat.HALF_ENTRIES ? number() : 0;
        lengthsAt = at;
        longLengthsAt = at + entries - 1;
        int room = size - longLengthsAt;
        if (longBytes < 0 || firstBytes < 0 || longBytes > room || firstBytes > room - longBytes) {
            throw new IndexOutOfBoundsException(
                    "long lengths of %d bytes, operations of %d".formatted(longBytes, firstBytes));
        }
        firstAt = longLengthsAt + (int) longBytes;
        secondAt = firstAt + (int) firstBytes;
        begin(0);
        owner = index;
        number = block;
    }

    /// Moves to the beginning of one half of the block.
    ///
    /// @param first its first entry
    private void begin(int first) {
        half = first;
        decoded = first;
        at = first == 0 ? firstAt : secondAt;
        context = 0;
        file = 0;
        line = 0;
        column = 0;
    }

    /// Returns the entry that holds the address at a distance in bytes from the block's start.
    int entryAt(long distance) {
        long left = distance;
        int last = entries - 1;
        int longAt = longLengthsAt;
        for (int entry = 0; entry < last; entry++) {
            long length = bytes[lengthsAt + entry] & 0xff;
            if (length == 0) {
                int saved = at;
                at = longAt;
                length = number();
                longAt = at;
                at = saved;
            }
            if (Long.compareUnsigned(left, length) < 0) {
                rest = length - left;
                return entry;
            }
            left -= length;
        }
        rest = 0;
        return last;
    }

    /// Returns the bytes from the address of the last look-up to the end of its entry; 0 if that is the
    /// last of the block.
    long rest() {
        return rest;
    }

    /// Decodes the block up to an entry.
    ///
    /// @return true if anything is known there
    boolean decode(int entry) {
        int wanted = entry & IndexFormat.HALF_ENTRIES;
        if (wanted != half) {
            begin(wanted);
        }
        if (decoded <= entry) {
            decodeUpTo(entry);
        }
        return contexts[entry] != NOTHING;
    }

    /// Keeps its state in local variables and handles the short operations itself, because this loop is
    /// most of the cost of a look-up.
    private void decodeUpTo(int last) {
        int entry = decoded;
        int next = at;
        while (entry <= last) {
            int operation = bytes[next++] & 0xff;
            if (operation >= IndexFormat.OP_SHORT) {
                // A branch on whether a column follows would be mispredicted, so there is none: 1 or 0, all ones or
                // none.
                int follows = (operation - IndexFormat.OP_SHORT_SAME_COLUMN) >>> 31;
                int read = bytes[next] & -follows;
                line += operation - SHORT_LINE + (IndexFormat.SHORT_LINES & -follows);
                column = read | (column & (follows - 1));
                next += follows;
                if (read < 0) {
                    at = next - 1;
                    column = (int) number();
                    next = at;
                }
                contexts[entry] = context;
            } else if (operation == IndexFormat.OP_NOTHING) {
                contexts[entry] = NOTHING;
            } else {
                at = next;
                decodeLong(entry, operation);
                next = at;
                contexts[entry] = context;
            }
            files[entry] = file;
            lines[entry] = line;
            columns[entry++] = column;
        }
        at = next;
        decoded = entry;
        if (next > size) {
            throw new IndexOutOfBoundsException("an operation exceeds its block");
        }
    }

    private void decodeLong(int entry, int operation) {
        if (operation >= IndexFormat.OP_SAME) {
            goBack(entry, operation - IndexFormat.OP_SAME + 1);
        } else {
            decodeFull(entry, operation);
        }
    }

    int context(int entry) {
        return contexts[entry];
    }

    int file(int entry) {
        return files[entry];
    }

    int line(int entry) {
        return lines[entry];
    }

    int column(int entry) {
        return columns[entry];
    }

    private void goBack(int entry, long distance) {
        if (distance < 1 || distance > entry - half) {
            throw new IndexOutOfBoundsException("an entry refers to one " + distance + " before it");
        }
        int from = entry - (int) distance;
        context = contexts[from];
        file = files[from];
        line = lines[from];
        column = columns[from];
    }

    private void decodeFull(int entry, int operation) {
        if ((operation & IndexFormat.OP_FROM) != 0) {
            goBack(entry, number());
        }
        if ((operation & IndexFormat.OP_CONTEXT) != 0) {
            context += (int) signed();
        }
        if ((operation & IndexFormat.OP_FILE) != 0) {
            file = (int) number();
        }
        if ((operation & IndexFormat.OP_LINE) != 0) {
            line = (operation & IndexFormat.OP_FILE) != 0 ? (int) number() : line + (int) signed();
        }
        if ((operation & IndexFormat.OP_COLUMN) != 0) {
            column = (int) number();
        }
    }

    private long signed() {
        long value = number();
        return value >>> 1 ^ -(value & 1);
    }

    private long number() {
        int part = bytes[at++];
        if (part >= 0) {
            return part;
        }
        long value = part & 0x7f;
        for (int shift = 7; shift < Long.SIZE; shift += 7) {
            part = bytes[at++];
            value |= (part & 0x7fL) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw new IndexOutOfBoundsException("a number does not end");
    }

    /// Drops the block, e.g. because it is damaged.
    void forget() {
        number = NOTHING;
    }
}
