package dev.stackmapd.app;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.Deflater;

/// A program of 680 MB, 640 of them DWARF 4: code, and 1,024 units with types, functions, inlined calls and line rows.
/// The same bytes each time. What is where follows from the numbers here, so that no reader is needed to know it.
///
/// Every unit takes as many bytes as every other one, in each section.
final class LargeBinary {
    static final String BUILD_ID = "4c41524745" + "00".repeat(15);
    static final int UNITS = 1_024;
    static final int FUNCTIONS = 100;
    static final int ROWS = 50;
    /// Bytes of code a row.
    static final int ROW_BYTES = 8;

    private static final long BASE = 0x200000;
    private static final int NOTE_AT = 0x200;
    private static final int TEXT_AT = 0x1000;
    private static final int TYPES = 1_400;
    private static final int MEMBERS = 5;
    private static final int VARIABLES = 8;
    private static final int INLINED_FROM = 10;
    private static final int INLINED_ROWS = 10;
    private static final int FUNCTION_BYTES = ROWS * ROW_BYTES;
    private static final int NAME_BYTES = 32;
    private static final int TYPE_NAME_BYTES = 160;
    private static final int UNIT_STRINGS = (FUNCTIONS + 1) * NAME_BYTES + TYPES * TYPE_NAME_BYTES;
    private static final int ROOM = 1 << 20;
    private static final int RET = 0xc3;
    private static final long COMPRESSED = 0x800;

    /// Tag, whether it has children, then pairs of attribute and form (DWARF 4, 7.5), by code from 1 on.
    private static final int[][] SHAPES = {
        {0x11, 1, 0x13, 0x0b, 0x03, 0x08, 0x10, 0x17, 0x11, 0x01, 0x12, 0x07}, // compile_unit
        {0x24, 0, 0x03, 0x08, 0x3e, 0x0b, 0x0b, 0x0b}, // base_type
        {0x2e, 0, 0x03, 0x0e, 0x20, 0x0b}, // subprogram that is inlined
        {0x2e, 1, 0x03, 0x0e, 0x11, 0x01, 0x12, 0x06, 0x3b, 0x05}, // subprogram with code
        {0x1d, 0, 0x31, 0x13, 0x11, 0x01, 0x12, 0x06, 0x58, 0x0b, 0x59, 0x05}, // inlined_subroutine
        {0x34, 0, 0x03, 0x08, 0x49, 0x13, 0x02, 0x18}, // variable
        {0x13, 1, 0x03, 0x0e, 0x0b, 0x06}, // structure_type
        {0x0d, 0, 0x03, 0x08, 0x49, 0x13, 0x38, 0x05}, // member
    };

    private static final int UNIT = 1;
    private static final int BASE_TYPE = 2;
    private static final int INLINED_FUNCTION = 3;
    private static final int FUNCTION = 4;
    private static final int CALL = 5;
    private static final int VARIABLE = 6;
    private static final int STRUCTURE = 7;
    private static final int MEMBER = 8;

    private final ByteBuffer buffer = ByteBuffer.allocate(ROOM).order(ByteOrder.LITTLE_ENDIAN);
    private final List<Section> sections = new ArrayList<>();
    private final FileChannel file;
    private final Form form;

    enum Form {
        PLAIN,
        /// Debug sections are compressed with zlib (gABI, `SHF_COMPRESSED`).
        DEFLATED
    }

    private record Section(String name, int type, long flags, long address, long offset, long size, int alignment) {}

    private LargeBinary(FileChannel file, Form form) {
        this.file = file;
        this.form = form;
    }

    static void write(Path path, Form form) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            new LargeBinary(file, form).write();
        }
    }

    /// Where code lies in the file.
    static long offset(int unit, int function, int row) {
        return TEXT_AT + ((long) unit * FUNCTIONS + function) * FUNCTION_BYTES + (long) row * ROW_BYTES;
    }

    static long address(int unit, int function, int row) {
        return BASE + offset(unit, function, row);
    }

    /// What a row of code is, innermost first: function, path and line.
    static List<String> frames(int unit, int function, int row) {
        String at = " " + path(unit) + ":";
        String outer = functionName(unit, function) + at;
        boolean inlined = row >= INLINED_FROM && row < INLINED_FROM + INLINED_ROWS;
        return inlined
                ? List.of(inlinedName(unit) + at + line(function, row), outer + callLine(function))
                : List.of(outer + line(function, row));
    }

    private static String path(int unit) {
        return "/src/unit_%04d.c".formatted(unit);
    }

    private static String functionName(int unit, int function) {
        return "function_%02d_of_unit_%04d".formatted(function, unit);
    }

    private static String inlinedName(int unit) {
        return "inlined_in_unit_%04d".formatted(unit);
    }

    private static int line(int function, int row) {
        return 100 * (function + 1) + row;
    }

    private static int callLine(int function) {
        return 100 * (function + 1) + 99;
    }

    private void write() throws IOException {
        file.position(NOTE_AT);
        section(".note.gnu.build-id", 7, 2, 4, 1, n -> note());
        file.position(TEXT_AT);
        section(".text", 1, 6, 16, UNITS, n -> text());
        section(".debug_abbrev", 1, 0, 1, 1, n -> shapes());
        section(".debug_info", 1, 0, 1, UNITS, this::unit);
        section(".debug_line", 1, 0, 1, UNITS, this::lines);
        section(".debug_str", 1, 0, 1, UNITS, this::strings);
        section(".shstrtab", 3, 0, 1, 1, n -> sectionNames());
        sectionHeaders();
        header();
    }

    private interface Part {
        void put(int number);
    }

    private void section(String name, int type, long flags, int alignment, int parts, Part part) throws IOException {
        long offset = file.position();
        boolean deflated = form == Form.DEFLATED && name.startsWith(".debug_");
        if (deflated) {
            deflate(parts, part);
        } else {
            for (int i = 0; i < parts; i++) {
                part.put(i);
                flush();
            }
        }
        long address = flags == 0 ? 0 : BASE + offset;
        long allFlags = deflated ? flags | COMPRESSED : flags;
        sections.add(new Section(name, type, allFlags, address, offset, file.position() - offset, alignment));
    }

    /// `Elf64_Chdr`, whose size is known in the end, and a zlib stream.
    private void deflate(int parts, Part part) throws IOException {
        long header = file.position();
        file.position(header + 24);
        try (Deflater deflater = new Deflater(Deflater.BEST_SPEED)) {
            for (int i = 0; i < parts; i++) {
                part.put(i);
                deflater.setInput(buffer.array(), 0, buffer.position());
                drain(deflater);
                buffer.clear();
            }
            deflater.finish();
            drain(deflater);
            long end = file.position();
            file.position(header);
            buffer.putInt(1).putInt(0).putLong(deflater.getBytesRead()).putLong(1);
            flush();
            file.position(end);
        }
    }

    private void drain(Deflater deflater) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(1 << 16);
        while (deflater.deflate(out) > 0) {
            out.flip();
            while (out.hasRemaining()) {
                file.write(out);
            }
            out.clear();
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            file.write(buffer);
        }
        buffer.clear();
    }

    private void note() {
        byte[] id = HexFormat.of().parseHex(BUILD_ID);
        buffer.putInt(4).putInt(id.length).putInt(3);
        string("GNU");
        buffer.put(id);
    }

    private void text() {
        for (int i = 0; i < FUNCTIONS * FUNCTION_BYTES; i++) {
            buffer.put((byte) RET);
        }
    }

    private void shapes() {
        for (int code = 1; code <= SHAPES.length; code++) {
            buffer.put((byte) code);
            for (int number : SHAPES[code - 1]) {
                buffer.put((byte) number);
            }
            buffer.putShort((short) 0);
        }
        buffer.put((byte) 0);
    }

    private void unit(int unit) {
        buffer.putInt(0).putShort((short) 4).putInt(0).put((byte) Long.BYTES);
        entry(UNIT);
        buffer.put((byte) 0x0c); // C99
        string(path(unit));
        buffer.putInt(unit * lineBytes()).putLong(address(unit, 0, 0)).putLong((long) FUNCTIONS * FUNCTION_BYTES);
        int number = buffer.position();
        entry(BASE_TYPE);
        string("unsigned int");
        buffer.put((byte) 7).put((byte) 4);
        int inlined = buffer.position();
        int names = unit * UNIT_STRINGS;
        entry(INLINED_FUNCTION);
        buffer.putInt(names).put((byte) 1);
        for (int i = 0; i < FUNCTIONS; i++) {
            function(unit, i, inlined, number);
        }
        for (int i = 0; i < TYPES; i++) {
            structure(names + (FUNCTIONS + 1) * NAME_BYTES + i * TYPE_NAME_BYTES, number);
        }
        buffer.put((byte) 0);
        buffer.putInt(0, buffer.position() - Integer.BYTES);
    }

    private void function(int unit, int function, int inlined, int number) {
        entry(FUNCTION);
        buffer.putInt(unit * UNIT_STRINGS + (function + 1) * NAME_BYTES);
        buffer.putLong(address(unit, function, 0)).putInt(FUNCTION_BYTES).putShort((short) line(function, 0));
        entry(CALL);
        buffer.putInt(inlined).putLong(address(unit, function, INLINED_FROM)).putInt(INLINED_ROWS * ROW_BYTES);
        buffer.put((byte) 1).putShort((short) callLine(function));
        for (int i = 0; i < VARIABLES; i++) {
            entry(VARIABLE);
            string("variable_" + i);
            buffer.putInt(number).put((byte) 2).put((byte) 0x91).put((byte) i); // DW_OP_fbreg
        }
        buffer.put((byte) 0);
    }

    private void structure(int name, int number) {
        entry(STRUCTURE);
        buffer.putInt(name).putInt(MEMBERS * Integer.BYTES);
        for (int i = 0; i < MEMBERS; i++) {
            entry(MEMBER);
            string("member_that_has_a_rather_long_name_of_its_own_" + i);
            buffer.putInt(number).putShort((short) (i * Integer.BYTES));
        }
        buffer.put((byte) 0);
    }

    private void entry(int code) {
        buffer.put((byte) code);
    }

    private void string(String text) {
        buffer.put(text.getBytes(US_ASCII)).put((byte) 0);
    }

    private int lineBytes() {
        return lineHeaderBytes() + FUNCTIONS * functionLineBytes();
    }

    private static int lineHeaderBytes() {
        return 10 + 6 + 12 + 1 + path(0).length() + 1 + 3 + 1;
    }

    /// An address, the first line, a row each, and the end.
    private static int functionLineBytes() {
        return 11 + 4 + 3 * ROWS + 2 + 3;
    }

    /// Each row is a column and a special opcode (DWARF 4, 6.2.5.1) that goes a row of code and a line on.
    private void lines(int unit) {
        buffer.putInt(lineBytes() - 4).putShort((short) 4).putInt(lineHeaderBytes() - 10);
        buffer.put(new byte[] {1, 1, 1, -5, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0});
        string(path(unit));
        buffer.put(new byte[4]);
        for (int i = 0; i < FUNCTIONS; i++) {
            buffer.put((byte) 0).put((byte) 9).put((byte) 2).putLong(address(unit, i, 0));
            int advance = line(i, 0) - 1;
            buffer.put((byte) 3).put((byte) ((advance & 0x7f) | 0x80));
            buffer.put((byte) (((advance >> 7) & 0x7f) | 0x80)).put((byte) (advance >> 14));
            buffer.put((byte) 5).put((byte) 1).put((byte) 1);
            for (int row = 1; row < ROWS; row++) {
                buffer.put((byte) 5).put((byte) (row % 64)).put((byte) (1 + 5 + 14 * ROW_BYTES + 13));
            }
            buffer.put((byte) 2).put((byte) ROW_BYTES);
            buffer.put((byte) 0).put((byte) 1).put((byte) 1);
        }
    }

    private void strings(int unit) {
        padded(inlinedName(unit), NAME_BYTES);
        for (int i = 0; i < FUNCTIONS; i++) {
            padded(functionName(unit, i), NAME_BYTES);
        }
        String type = "structure_of_unit_%04d_whose_name_is_as_long_as_those_of_templates_are_".formatted(unit);
        for (int i = 0; i < TYPES; i++) {
            String name = type + i + "_";
            padded(name + "x".repeat(TYPE_NAME_BYTES - 1 - name.length()), TYPE_NAME_BYTES);
        }
    }

    private void padded(String text, int length) {
        int end = buffer.position() + length;
        string(text);
        buffer.put(new byte[end - buffer.position()]);
    }

    private void sectionNames() {
        string("");
        sections.forEach(section -> string(section.name));
        string(".shstrtab");
    }

    private void sectionHeaders() throws IOException {
        buffer.put(new byte[64]);
        int name = 1;
        for (Section section : sections) {
            buffer.putInt(name).putInt(section.type).putLong(section.flags).putLong(section.address);
            buffer.putLong(section.offset).putLong(section.size).putLong(0);
            buffer.putLong(section.alignment).putLong(0);
            name += section.name.length() + 1;
        }
        flush();
    }

    private void header() throws IOException {
        long headers = file.position() - 64L * (sections.size() + 1);
        file.position(0);
        buffer.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        buffer.putShort((short) 2).putShort((short) 62).putInt(1);
        buffer.putLong(address(0, 0, 0)).putLong(64).putLong(headers).putInt(0);
        buffer.putShort((short) 64).putShort((short) 56).putShort((short) 2);
        buffer.putShort((short) 64).putShort((short) (sections.size() + 1)).putShort((short) sections.size());
        segment(1, 5, 0, offset(UNITS, 0, 0), 0x1000);
        segment(4, 4, NOTE_AT, sections.getFirst().size, 4);
        flush();
    }

    private void segment(int type, int flags, long offset, long size, long alignment) {
        buffer.putInt(type).putInt(flags).putLong(offset).putLong(BASE + offset).putLong(BASE + offset);
        buffer.putLong(size).putLong(size).putLong(alignment);
    }
}
