package dev.stackmapd.elfcore.golang;

import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawSegment;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A small program's table and module data, byte by byte, in any version, width and byte order: one
/// function `outer` at [#TEXT] of 32 bytes, whose second half is `inner`, inlined on line 12, and one
/// function `last` of 16 bytes.
///
/// There are no fixtures by Go 1.16 and 1.17; their tables differ from the fixtures' in addresses and
/// pointers only.
final class HandmadeTable {
    static final long TEXT = 0x1000;
    static final long ADDRESS = 0x40000;
    static final int FILE_OFFSET = 0x100;

    private final TableVersion version;
    private final int wordBytes;
    private final ByteOrder order;
    private final ByteBuffer bytes;
    private int functionNames;
    private int unitFiles;
    private int fileNames;
    private int pcValues;
    private int functionTable;
    private int calls;
    private int module;
    private int pendingCalls;

    HandmadeTable(TableVersion version, int wordBytes, ByteOrder order) {
        this.version = version;
        this.wordBytes = wordBytes;
        this.order = order;
        this.bytes = ByteBuffer.allocate(2048).order(order);
        write();
    }

    /// Returns the section's bytes, including module data. A test may change them before it calls
    /// [#file].
    ByteBuffer bytes() {
        return bytes;
    }

    /// Returns the offset of the module data in them.
    int module() {
        return module;
    }

    /// Returns the offset of the list of inlined calls.
    int calls() {
        return calls;
    }

    /// Returns the offset of a field of the header; 0 is the number of functions.
    int headerField(int index) {
        return 8 + index * wordBytes;
    }

    /// Returns the offset of the program counter tables.
    int pcValues() {
        return pcValues;
    }

    byte[] file() {
        return file(bytes.array());
    }

    byte[] file(byte[] table) {
        ElfBuilder builder = wordBytes == 8 ? ElfBuilder.elf64() : ElfBuilder.elf32();
        if (order == ByteOrder.BIG_ENDIAN) {
            builder.bigEndian();
        }
        return builder.segment(
                        RawSegment.load(FILE_OFFSET, table.length, ADDRESS).withFlags(4))
                .bytes(FILE_OFFSET, table)
                .build();
    }

    private void write() {
        bytes.putInt((int) version.magic()).putShort((short) 0).put((byte) 1).put((byte) wordBytes);
        int fields = bytes.position();
        bytes.position(fields + (version.hasOffsets() ? 8 : 7) * wordBytes);
        functionNames = text("outer", "inner", "last");
        unitFiles = align();
        bytes.putInt(0).putInt(5);
        fileNames = text("a.go", "b.go");
        pcValues = bytes.position();
        bytes.put((byte) 0);
        int outerFiles = steps(1, 32);
        int outerLines = steps(11, 16, 9, 16);
        int outerInlined = steps(0, 16, 1, 16);
        int lastFiles = steps(2, 16);
        int lastLines = steps(31, 16);
        functionTable = align();
        bytes.position(functionTable + 2 * 3 * fieldBytes());
        int outer = function(0, outerFiles, outerLines, outerInlined);
        int last = function(12, lastFiles, lastLines, 0);
        calls = align();
        call();
        functionTableEntries(outer, last);
        header(fields);
        module = align();
        moduleData();
    }

    private void header(int fields) {
        int end = bytes.position();
        bytes.position(fields);
        word(2);
        word(2);
        if (version.hasOffsets()) {
            word(0);
        }
        for (int offset : new int[] {functionNames, unitFiles, fileNames, pcValues, functionTable}) {
            word(offset);
        }
        bytes.position(end);
    }

    private void functionTableEntries(int outer, int last) {
        int end = bytes.position();
        bytes.position(functionTable);
        entry(0, outer);
        entry(32, last);
        entry(48, 0);
        bytes.position(end);
    }

    private void entry(int offset, int function) {
        if (version.hasOffsets()) {
            bytes.putInt(offset).putInt(function);
        } else {
            word(TEXT + offset);
            word(function);
        }
    }

    /// @return its offset from the first byte of the function table
    private int function(int name, int files, int lines, int inlined) {
        int at = align();
        if (version.hasOffsets()) {
            bytes.putInt(0);
        } else {
            word(0);
        }
        bytes.putInt(name).putInt(0).putInt(0).putInt(0).putInt(files).putInt(lines);
        bytes.putInt(3).putInt(0);
        if (version.hasStartLines()) {
            bytes.putInt(9);
        }
        bytes.put((byte) 0).put((byte) 0).put((byte) 0).put((byte) 4);
        bytes.putInt(0).putInt(0).putInt(inlined);
        if (version.hasOffsets()) {
            bytes.putInt(-1).putInt(-1).putInt(-1).putInt(inlined == 0 ? -1 : 0);
        } else {
            bytes.position((bytes.position() + wordBytes - 1) & -wordBytes);
            word(0);
            word(0);
            word(0);
            pendingCalls = inlined == 0 ? pendingCalls : bytes.position();
            word(0);
        }
        return at - functionTable;
    }

    private void call() {
        if (!version.hasOffsets()) {
            int at = bytes.position();
            bytes.position(pendingCalls);
            word(ADDRESS + at);
            bytes.position(at);
        }
        if (version.hasStartLines()) {
            bytes.putInt(0).putInt(6).putInt(8).putInt(20);
        } else {
            bytes.putShort((short) -1)
                    .putShort((short) 0)
                    .putInt(0)
                    .putInt(12)
                    .putInt(6)
                    .putInt(8);
        }
    }

    private void moduleData() {
        for (int i = 0; i < 64; i++) {
            long value = switch (i) {
                case 0 -> ADDRESS;
                case 1 -> ADDRESS + functionNames;
                case 4 -> ADDRESS + unitFiles;
                case 13 -> ADDRESS + functionTable;
                case 22 -> TEXT;
                case 38 -> version == TableVersion.GO_1_18 ? ADDRESS + calls : 0;
                case 40 -> version == TableVersion.GO_1_20 ? ADDRESS + calls : 0;
                default -> 0;
            };
            word(value);
        }
    }

    private int text(String... strings) {
        int at = bytes.position();
        for (String string : strings) {
            bytes.put(string.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
        }
        return at;
    }

    /// @param pairs change of the number, and bytes for which it is valid; the first change is relative
    ///     to -1
    private int steps(int... pairs) {
        int at = bytes.position() - pcValues;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < pairs.length; i += 2) {
            out.write(2 * pairs[i]);
            out.write(pairs[i + 1]);
        }
        out.write(0);
        bytes.put(out.toByteArray());
        return at;
    }

    private int align() {
        bytes.position((bytes.position() + 7) & -8);
        return bytes.position();
    }

    private int fieldBytes() {
        return version.hasOffsets() ? 4 : wordBytes;
    }

    private void word(long value) {
        if (wordBytes == 8) {
            bytes.putLong(value);
        } else {
            bytes.putInt((int) value);
        }
    }
}
