package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;

/// Runs one line program (DWARF 5, 6.2.5) and passes on its rows. For one run and one thread.
///
/// Sequences of dropped code are left out: those that begin at the largest address or the one below, or
/// below all code of the file.
final class LineProgram {
    private final LineHeader header;
    private final Cursor at;
    private final RowSink rows;
    private final ReadBudget budget;
    private final long lowestCode;

    private long address;
    private int operation;
    private int file;
    private int line;
    private int column;
    private int discriminator;
    private boolean isStatement;
    private boolean begun;
    private boolean dropped;

    LineProgram(LineHeader header, Cursor at, RowSink rows, ReadBudget budget, long lowestCode) {
        this.header = header;
        this.at = at;
        this.rows = rows;
        this.budget = budget;
        this.lowestCode = lowestCode;
        reset();
    }

    /// Returns the line program of a unit that has one.
    static LineProgram of(Unit unit, LineHeader header, RowSink rows, ReadBudget budget)
            throws MalformedBinaryException {
        return new LineProgram(header, unit.object().sections().lines().cursor(), rows, budget, unit.lowestCode());
    }

    private void reset() {
        address = 0;
        operation = 0;
        file = 1;
        line = 1;
        column = 0;
        discriminator = 0;
        isStatement = header.defaultIsStatement();
        begun = false;
        dropped = false;
    }

    void run() throws MalformedBinaryException {
        at.moveTo(header.program(), "header_length");
        while (at.position() < header.end()) {
            budget.spend(1, "line program");
            int opcode = at.u8("opcode");
            if (opcode >= header.opcodeBase()) {
                special(opcode - header.opcodeBase());
            } else if (opcode == 0) {
                extended();
            } else {
                standard(opcode);
            }
        }
    }

    private void special(int adjusted) throws MalformedBinaryException {
        advance(header.lineRange() == 0 ? 0 : adjusted / header.lineRange());
        line += header.lineBase() + (header.lineRange() == 0 ? 0 : adjusted % header.lineRange());
        emit(0);
    }

    /// Advances the address by a number of operations (6.2.5.1). Only VLIW machines have more than one
    /// operation in an instruction.
    private void advance(long operations) {
        if (header.maxOperations() == 1) {
            address += header.minInstructionLength() * operations;
        } else {
            long moved = operation + operations;
            address += header.minInstructionLength() * Long.divideUnsigned(moved, header.maxOperations());
            operation = (int) Long.remainderUnsigned(moved, header.maxOperations());
        }
    }

    private void emit(int flags) throws MalformedBinaryException {
        if (!begun) {
            begun = true;
            long largest = header.encoding().largestAddress();
            dropped = Long.compareUnsigned(address & largest, largest - 1) >= 0
                    || Long.compareUnsigned(address & largest, lowestCode) < 0;
        }
        if (!dropped) {
            rows.row(
                    address & header.encoding().largestAddress(),
                    file,
                    line,
                    column,
                    discriminator,
                    flags | (isStatement ? RowSink.STATEMENT : 0));
        }
        discriminator = 0;
    }

    private void standard(int opcode) throws MalformedBinaryException {
        switch (opcode) {
            case Dw.LNS_COPY -> emit(0);
            case Dw.LNS_ADVANCE_PC -> advance(at.uleb128("operation advance"));
            case Dw.LNS_ADVANCE_LINE -> line += (int) at.sleb128("line advance");
            case Dw.LNS_SET_FILE -> file = (int) at.uleb128("file");
            case Dw.LNS_SET_COLUMN -> column = (int) at.uleb128("column");
            case Dw.LNS_NEGATE_STMT -> isStatement = !isStatement;
            case Dw.LNS_CONST_ADD_PC ->
                advance(header.lineRange() == 0 ? 0 : (255 - header.opcodeBase()) / header.lineRange());
            case Dw.LNS_FIXED_ADVANCE_PC -> {
                address += at.u16("address advance");
                operation = 0;
            }
            case Dw.LNS_SET_BASIC_BLOCK, Dw.LNS_SET_PROLOGUE_END, Dw.LNS_SET_EPILOGUE_BEGIN -> {}
            case Dw.LNS_SET_ISA -> at.skipLeb128("isa");
            default -> {
                for (int i = header.operandCounts().of(opcode); i > 0; i--) {
                    at.skipLeb128("operand of an unknown opcode");
                }
            }
        }
    }

    private void extended() throws MalformedBinaryException {
        long length = at.uleb128("extended opcode length");
        if (Long.compareUnsigned(length, at.remaining()) > 0) {
            throw at.malformed("extended opcode length is " + Long.toUnsignedString(length));
        }
        long next = at.position() + length;
        if (length == 0) {
            return;
        }
        int opcode = at.u8("extended opcode");
        switch (opcode) {
            case Dw.LNE_END_SEQUENCE -> {
                emit(RowSink.END_OF_SEQUENCE);
                reset();
            }
            case Dw.LNE_SET_ADDRESS -> setAddress((int) Math.min(length - 1, Long.BYTES));
            case Dw.LNE_DEFINE_FILE -> new LineFileReader(header.encoding(), header.files(), budget).readOldFile(at);
            case Dw.LNE_SET_DISCRIMINATOR -> discriminator = (int) at.uleb128("discriminator");
            default -> {}
        }
        at.moveTo(next, "extended opcode length");
    }

    private void setAddress(int bytes) throws MalformedBinaryException {
        address = new Encoding(header.encoding().version(), header.encoding().offsetBytes(), bytes)
                .address(at, "DW_LNE_set_address");
        operation = 0;
    }
}
