package dev.stackmapd.elfcore.golang;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One look-up of an address.
///
/// The table of inlined calls has the innermost call at a program counter. The place of that call is in
/// all tables at the call's `parentPc`, an instruction of the same function that belongs to the caller,
/// and so on outwards.
final class GoLookUp {
    private final GoTableBytes table;
    private final List<GoFrame> frames = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private final StepBudget budget;
    private long pc;

    GoLookUp(GoTableBytes table, long pc) {
        this.table = table;
        this.budget = new StepBudget(table.limits().maxLookUpWork());
        this.pc = pc;
    }

    /// @param index of the function that holds the program counter
    GoAnswer in(long index) {
        try {
            GoFunction function = table.function(index);
            if (isBehind(index)) {
                return new GoAnswer(List.of(), List.of());
            }
            try {
                addInlined(function);
            } catch (MalformedBinaryException e) {
                skip("inlined calls", e);
            }
            add(function, function.name(), function.startLine(), Inlining.NOT_INLINED);
        } catch (MalformedBinaryException e) {
            skip("function", e);
        }
        return new GoAnswer(frames, skipped);
    }

    /// Returns true if the program counter is in the padding after the function; false if a damaged
    /// table does not tell.
    private boolean isBehind(long index) {
        try {
            return Long.compareUnsigned(pc, table.end(index, budget)) >= 0;
        } catch (MalformedBinaryException e) {
            return false;
        }
    }

    private void addInlined(GoFunction function) throws MalformedBinaryException {
        if (function.inlinedCalls() == GoFunction.NONE) {
            return;
        }
        for (int call = valueAt(function.inlined(), function);
                call >= 0;
                call = valueAt(function.inlined(), function)) {
            Optional<Cursor> calls = table.inlinedCalls(function);
            if (calls.isEmpty()) {
                skipped.add("inlined calls: the file does not have their list");
                return;
            }
            if (frames.size() == table.limits().maxInlineDepth()) {
                throw calls.get().malformed("more than " + frames.size() + " inlined calls");
            }
            add(function, calls.get(), call);
        }
    }

    private void add(GoFunction function, Cursor calls, int call) throws MalformedBinaryException {
        TableVersion version = table.header().version();
        long start = (long) call * version.inlinedCallBytes();
        calls.moveTo(start + version.nameAt(), "inlined call");
        long name = calls.u32("func_");
        calls.moveTo(start + version.parentPcAt(), "inlined call");
        long parentPc = calls.u32("parentPc");
        int startLine = version.hasStartLines() ? (int) calls.u32("startLine") : 0;
        add(function, name, Math.max(0, startLine), Inlining.INLINED);
        pc = function.entry() + parentPc;
    }

    private void add(GoFunction function, long nameOffset, int startLine, Inlining inlining) {
        String name = "";
        String file = "";
        int line = 0;
        try {
            name = table.name(nameOffset);
        } catch (MalformedBinaryException e) {
            skip("name", e);
        }
        try {
            int number = valueAt(function.files(), function);
            file = number < 0 ? "" : table.file(function.unit(), number);
            line = Math.max(0, valueAt(function.lines(), function));
        } catch (MalformedBinaryException e) {
            skip("line", e);
        }
        boolean inlined = inlining == Inlining.INLINED;
        frames.add(new GoFrame(name, file, line, startLine, inlined, inlined ? 0 : function.entry()));
    }

    private int valueAt(long offset, GoFunction function) throws MalformedBinaryException {
        return table.valueAt(offset, function, pc, budget);
    }

    private void skip(String part, MalformedBinaryException e) {
        skipped.add(part + ": " + e.getMessage());
    }

    private enum Inlining {
        INLINED,
        NOT_INLINED
    }
}
