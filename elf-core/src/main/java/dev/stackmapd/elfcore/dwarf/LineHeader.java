package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;

/// The header of one line program (DWARF 5, 6.2.4).
///
/// @param files directories and files that it lists; `DW_LNE_define_file` adds to them
/// @param program where the opcodes begin
/// @param end where the next program begins
/// @param operandCounts the number of ULEB128 operands of each standard opcode, from opcode 1
record LineHeader(
        Encoding encoding,
        FileTable files,
        long program,
        long end,
        int minInstructionLength,
        int maxOperations,
        boolean defaultIsStatement,
        int lineBase,
        int lineRange,
        int opcodeBase,
        OperandCounts operandCounts) {

    private static final long DWARF64 = 0xffff_ffffL;

    /// The numbers of ULEB128 operands of the standard opcodes.
    static final class OperandCounts {
        private final byte[] counts;

        OperandCounts(byte[] counts) {
            this.counts = counts;
        }

        int of(int opcode) {
            return counts[opcode - 1] & 0xff;
        }
    }

    /// Reads the header that begins at the cursor's position. The position of the cursor afterwards is
    /// unspecified.
    static LineHeader read(Cursor at, Unit unit, ReadBudget budget) throws MalformedBinaryException {
        long start = at.position();
        long length = at.u32("unit_length");
        int offsetBytes = length == DWARF64 ? Long.BYTES : Integer.BYTES;
        if (length == DWARF64) {
            length = at.u64("unit_length");
        }
        if (Long.compareUnsigned(length, at.remaining()) > 0) {
            throw at.malformed(
                    "unit_length is " + Long.toUnsignedString(length) + ", but " + at.remaining() + " bytes remain");
        }
        long end = at.position() + length;
        int version = at.u16("version");
        if (version < 2 || version > 5) {
            throw at.malformed("line program version is " + version);
        }
        int addressBytes = unit.encoding().addressBytes();
        if (version == 5) {
            addressBytes = at.u8("address_size");
            at.skip(1, "segment_selector_size");
        }
        Encoding encoding = new Encoding(version, offsetBytes, addressBytes);
        long headerLength = encoding.offset(at, "header_length");
        if (Long.compareUnsigned(headerLength, end - at.position()) > 0) {
            throw at.malformed("header_length is " + Long.toUnsignedString(headerLength));
        }
        LineHeader header = readRest(at, unit, encoding, at.position() + headerLength, end, budget);
        // Many units may share one header.
        budget.spend((at.position() - start) >> 3, "line program header");
        return header;
    }

    private static LineHeader readRest(
            Cursor at, Unit unit, Encoding encoding, long program, long end, ReadBudget budget)
            throws MalformedBinaryException {
        int minInstructionLength = at.u8("minimum_instruction_length");
        int maxOperations = encoding.version() >= 4 ? at.u8("maximum_operations_per_instruction") : 1;
        boolean defaultIsStatement = at.u8("default_is_stmt") != 0;
        int lineBase = (byte) at.u8("line_base");
        int lineRange = at.u8("line_range");
        int opcodeBase = at.u8("opcode_base");
        if (opcodeBase == 0) {
            throw at.malformed("opcode_base is 0");
        }
        OperandCounts operandCounts = new OperandCounts(at.take(opcodeBase - 1, "standard_opcode_lengths"));
        FileTable files = new FileTable(unit, encoding.version());
        LineFileReader reader = new LineFileReader(encoding, files, budget);
        try {
            if (encoding.version() >= 5) {
                reader.read(at);
            } else {
                reader.readOld(at);
            }
        } catch (MalformedBinaryException e) {
            files.release(budget);
            throw e;
        }
        return new LineHeader(
                encoding,
                files,
                program,
                end,
                minInstructionLength,
                Math.max(1, maxOperations),
                defaultIsStatement,
                lineBase,
                lineRange,
                opcodeBase,
                operandCounts);
    }
}
