package dev.stackmapd.elfcore.gsym;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.ArrayList;
import java.util.List;

/// Collects the frames at one address of one function. For one thread.
final class FrameChain {
    private static final int NO_FILE = 0;

    private final GsymFile file;
    private final long address;
    private final String function;
    private final List<GsymFrame> outer = new ArrayList<>();
    private String innermost;
    private long rowFile;
    private long rowLine;
    private boolean hasRow;

    FrameChain(GsymFile file, long address, String function) {
        this.file = file;
        this.address = address;
        this.function = function;
        this.innermost = function;
    }

    /// Returns the frames, innermost first. Without a line row inlined calls are ignored, as in LLVM's
    /// own look-up.
    List<GsymFrame> frames() throws MalformedBinaryException {
        if (!hasRow) {
            return List.of(new GsymFrame(function, "", "", 0));
        }
        List<GsymFrame> frames = new ArrayList<>();
        frames.add(file.frame(innermost, rowFile, rowLine));
        frames.addAll(outer);
        return frames;
    }

    /// Runs the line program up to the address: the last row at or below it counts.
    void lines(Cursor at, long start) throws MalformedBinaryException {
        long least = at.sleb128("least line delta");
        long range = at.sleb128("largest line delta") - least + 1;
        long line = at.uleb128("first line");
        if (range <= 0) {
            throw at.malformed("line deltas from " + least + ", " + range + " of them");
        }
        long row = start;
        long number = 1;
        while (true) {
            int opcode = at.u8("line opcode");
            switch (opcode) {
                case Gsym.END_SEQUENCE -> {
                    return;
                }
                case Gsym.SET_FILE -> number = at.uleb128("file");
                case Gsym.ADVANCE_LINE -> line += at.sleb128("line advance");
                case Gsym.ADVANCE_PC -> row += at.uleb128("address advance");
                default -> {
                    line += least + (opcode - Gsym.FIRST_SPECIAL) % range;
                    row += (opcode - Gsym.FIRST_SPECIAL) / range;
                }
            }
            if (opcode == Gsym.ADVANCE_PC || opcode >= Gsym.FIRST_SPECIAL) {
                if (Long.compareUnsigned(row, address) > 0) {
                    return;
                }
                hasRow = true;
                rowFile = number;
                rowLine = line & 0xffff_ffffL;
            }
        }
    }

    /// Descends to the innermost record that holds the address; of siblings to the first that does.
    void inlined(Cursor at, long start) throws MalformedBinaryException {
        record(at, start, 0);
    }

    /// @return true if no further sibling must be read: this one holds the address, or ends the list
    private boolean record(Cursor at, long base, int depth) throws MalformedBinaryException {
        if (depth > Gsym.MAX_DEPTH) {
            throw at.malformed("inlined calls nested more than " + Gsym.MAX_DEPTH + " deep");
        }
        long ranges = at.uleb128("ranges");
        if (ranges == 0) {
            return true;
        }
        long first = 0;
        boolean holds = false;
        for (long i = 0; i < ranges; i++) {
            long low = base + at.uleb128("range start");
            long size = at.uleb128("range size");
            first = i == 0 ? low : first;
            holds |= Long.compareUnsigned(address - low, size) < 0;
        }
        boolean hasChildren = at.u8("has children") != 0;
        long name = at.u32("inlined name");
        long callFile = at.uleb128("call file");
        long callLine = at.uleb128("call line");
        if (!holds) {
            if (hasChildren) {
                skipRecords(at, depth + 1);
            }
            return false;
        }
        if (callFile != NO_FILE) {
            if (outer.size() == Gsym.MAX_DEPTH) {
                throw at.malformed("more than " + Gsym.MAX_DEPTH + " inlined calls");
            }
            outer.addFirst(file.frame(innermost, callFile, callLine));
            innermost = file.string(name);
        }
        while (hasChildren && !record(at, first, depth + 1)) {
            // Every sibling that does not hold the address has been skipped.
        }
        return true;
    }

    private static void skipRecords(Cursor at, int depth) throws MalformedBinaryException {
        if (depth > Gsym.MAX_DEPTH) {
            throw at.malformed("inlined calls nested more than " + Gsym.MAX_DEPTH + " deep");
        }
        for (long ranges = at.uleb128("ranges"); ranges != 0; ranges = at.uleb128("ranges")) {
            for (long i = 0; i < ranges; i++) {
                at.skipLeb128("range start");
                at.skipLeb128("range size");
            }
            boolean hasChildren = at.u8("has children") != 0;
            at.skip(Integer.BYTES, "inlined name");
            at.skipLeb128("call file");
            at.skipLeb128("call line");
            if (hasChildren) {
                skipRecords(at, depth + 1);
            }
        }
    }
}
