package dev.stackmapd.elfcore.golang;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfClass;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.util.Optional;

/// Reads the parts of the table.
final class GoTableBytes {
    private static final long NO_FILE = 0xffff_ffffL;

    private final ElfFile file;
    private final ByteExtent bytes;
    private final PcHeader header;
    private final long textStart;
    private final long functionData;

    GoTableBytes(ElfFile file, ByteExtent bytes, PcHeader header, long textStart, long functionData) {
        this.file = file;
        this.bytes = bytes;
        this.header = header;
        this.textStart = textStart;
        this.functionData = functionData;
    }

    PcHeader header() {
        return header;
    }

    ElfClass elfClass() {
        return file.elfClass();
    }

    /// Returns the ELF address where a function begins.
    ///
    /// @param index 0 to the number of functions; the last one is where the text ends
    long entry(long index) throws MalformedBinaryException {
        return textStart + functionTable(index, 0);
    }

    GoFunction function(long index) throws MalformedBinaryException {
        long offset = functionTable(index, 1);
        Cursor at = bytes.cursor();
        at.moveTo(header.functionTable(), "pclnOffset");
        at.skip(offset, "funcoff");
        return GoFunction.read(this, entry(index), at);
    }

    String name(long offset) throws MalformedBinaryException {
        return text(header.functionNames(), offset, "function name");
    }

    /// Returns the path of a file of a unit; empty where the unit says that it has none.
    ///
    /// @param unit the index at which its files begin
    /// @param index of the file, relative to that
    String file(long unit, long index) throws MalformedBinaryException {
        Cursor at = bytes.cursor();
        at.moveTo(header.unitFiles(), "cuOffset");
        at.skip(unit * 4, "cuOffset of a function");
        at.skip(index * 4, "file number");
        long offset = at.u32("file offset");
        return offset == NO_FILE ? "" : text(header.fileNames(), offset, "file name");
    }

    /// Returns the value of a program counter table of a function at a program counter; -1 where it has
    /// none.
    ///
    /// @param offset of the table, from the function's record; 0 for none
    int valueAt(long offset, GoFunction function, long pc, StepBudget budget) throws MalformedBinaryException {
        if (offset == 0) {
            return -1;
        }
        return pcValues(offset, function, budget).at(pc);
    }

    private PcValues pcValues(long offset, GoFunction function, StepBudget budget) throws MalformedBinaryException {
        Cursor at = bytes.cursor();
        at.moveTo(header.pcValues(), "pctabOffset");
        at.skip(offset, "offset of a program counter table");
        return new PcValues(at, function.entry(), header.quantum(), budget);
    }

    /// Returns the end of the code of a function: the end of its table of lines, which does not include
    /// the padding after it; the start of the next function if there is no such table, or it ends beyond
    /// that.
    long end(long index, StepBudget budget) throws MalformedBinaryException {
        GoFunction function = function(index);
        long next = entry(index + 1);
        if (function.lines() == 0) {
            return next;
        }
        PcValues lines = pcValues(function.lines(), function, budget);
        boolean more = true;
        while (more && Long.compareUnsigned(lines.end(), next) < 0) {
            more = lines.next();
        }
        return Long.compareUnsigned(lines.end(), next) < 0 ? lines.end() : next;
    }

    /// Returns the list of inlined calls of a function that has one; empty where it cannot be found
    /// because the start of such lists is not known.
    Optional<Cursor> inlinedCalls(GoFunction function) throws MalformedBinaryException {
        if (header.version().hasOffsets() && functionData == 0) {
            return Optional.empty();
        }
        return file.loadedFrom(new ElfAddress(functionData + function.inlinedCalls()))
                .map(ByteExtent::cursor);
    }

    DwarfLimits limits() {
        return file.limits().dwarf();
    }

    private String text(long part, long offset, String what) throws MalformedBinaryException {
        Cursor at = bytes.cursor();
        at.moveTo(part, what);
        at.skip(offset, what);
        return at.string(limits().maxStringBytes(), what);
    }

    private long functionTable(long index, int field) throws MalformedBinaryException {
        int fieldBytes = header.functionFieldBytes(file.elfClass());
        Cursor at = bytes.cursor();
        at.moveTo(header.functionTable() + (2 * index + field) * fieldBytes, "function table");
        return fieldBytes == Integer.BYTES ? at.u32("function table") : at.u64("function table");
    }
}
