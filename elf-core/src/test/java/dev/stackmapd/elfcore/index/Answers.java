package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.dwarf.DwarfAnswer;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.dwarf.DwarfFrame;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.elf.CodeRange;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.symbols.DebugName;
import dev.stackmapd.elfcore.symbols.LinkageNames;
import dev.stackmapd.elfcore.symbols.SymbolSource;
import java.util.ArrayList;
import java.util.List;

/// Answers of an index and of debug information in one form, so that they can be compared. Code that
/// only a symbol table names is treated as code without a function.
final class Answers {
    private Answers() {}

    /// @param entry of a function, or where its part begins; 0 for an inlined call
    record Frame(
            String rawName,
            String name,
            int declarationLine,
            SourceLanguage language,
            String file,
            int line,
            int column,
            long entry) {}

    static List<Frame> direct(DwarfFile dwarf, LinkageNames symbols, long address) {
        List<Frame> frames = new ArrayList<>();
        if (dwarf.lookup(new ElfAddress(address)) instanceof DwarfAnswer.Found found) {
            for (DwarfFrame frame : found.frames()) {
                // A line of no function has no language in an index.
                boolean noFunction = frame.entry() == 0;
                DebugName own = DebugName.of(frame.names(), frame.language());
                LinkageNames.FunctionPart part = noFunction || frame.inlined()
                        ? new LinkageNames.FunctionPart(own.rawName(), new CodeRange(0, 0))
                        : symbols.partAt(own, frame.entry(), frame.code(), address);
                frames.add(new Frame(
                        part.rawName(),
                        frame.names().name(),
                        frame.names().declarationLine(),
                        noFunction ? SourceLanguage.UNKNOWN : frame.language(),
                        frame.file(),
                        frame.line(),
                        frame.column(),
                        part.code().start()));
            }
        }
        return frames;
    }

    static List<Frame> indexed(SymbolIndex index, FrameCursor cursor, long address) throws MalformedBinaryException {
        int count = index.find(address, cursor);
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            IndexedFunction function = cursor.function(i) == SymbolIndex.NO_FUNCTION
                    ? new IndexedFunction("", 0, SourceLanguage.UNKNOWN, 0, 0, SymbolSource.DWARF, false)
                    : index.function(cursor.function(i));
            boolean symbol = function.source() != SymbolSource.DWARF;
            frames.add(new Frame(
                    symbol ? "" : function.rawName(),
                    symbol || cursor.function(i) == SymbolIndex.NO_FUNCTION ? "" : index.plainName(cursor.function(i)),
                    function.declarationLine(),
                    function.language(),
                    index.path(cursor.file(i)),
                    cursor.line(i),
                    cursor.column(i),
                    symbol ? 0 : function.entry()));
        }
        boolean onlySymbol = frames.size() == 1
                && frames.getFirst().name().isEmpty()
                && frames.getFirst().file().isEmpty()
                && frames.getFirst().entry() == 0;
        return onlySymbol ? List.of() : frames;
    }
}
