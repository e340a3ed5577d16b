package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.index.FrameCursor;
import dev.stackmapd.elfcore.index.IndexedFunction;
import dev.stackmapd.elfcore.index.SymbolIndex;
import dev.stackmapd.elfcore.index.SymbolSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Answers from a finished index. Owns it.
///
/// @param place where the index lies
/// @param closed is run when the index is closed
record IndexedNames(SymbolIndex index, Path place, Runnable closed) implements CodeNames {
    /// The index itself is mapped; this is for the objects around it.
    private static final int HEAP_BYTES = 4_096;

    /// One for each thread, whatever index it asks: a cursor takes 6 KB, and remembers the block that it decoded last.
    /// Look-ups run on the few compute threads.
    private static final ThreadLocal<FrameCursor> CURSOR = ThreadLocal.withInitial(FrameCursor::new);

    @Override
    public Naming find(ElfAddress address) throws MalformedBinaryException {
        FrameCursor cursor = CURSOR.get();
        int frames = index.find(address.value(), cursor);
        List<SourceFrame> found = new ArrayList<>(frames);
        for (int i = 0; i < frames; i++) {
            found.add(frame(cursor, i, address.value()));
        }
        return new Naming(found, index.lacking(address.value(), cursor));
    }

    @Override
    public List<LackingPart> lacking(int limit) {
        try {
            return index.lacking(limit);
        } catch (MalformedBinaryException e) {
            // The next look-up that needs the part removes the index.
            return List.of();
        }
    }

    private SourceFrame frame(FrameCursor cursor, int i, long address) throws MalformedBinaryException {
        String file = cursor.file(i) == 0 ? "" : index.path(cursor.file(i));
        if (cursor.function(i) == SymbolIndex.NO_FUNCTION) {
            return new SourceFrame(
                    "",
                    file,
                    cursor.line(i),
                    cursor.column(i),
                    SourceFrame.NO_OFFSET,
                    SymbolSource.DWARF,
                    SourceLanguage.UNKNOWN,
                    false);
        }
        IndexedFunction function = index.function(cursor.function(i));
        boolean inlined = i < cursor.frames() - 1;
        return new SourceFrame(
                function.rawName(),
                file,
                cursor.line(i),
                cursor.column(i),
                inlined || function.entry() == 0 ? SourceFrame.NO_OFFSET : address - function.entry(),
                function.source(),
                function.language(),
                function.approximate());
    }

    @Override
    public long heapBytes() {
        return HEAP_BYTES;
    }

    @Override
    public void close() {
        index.close();
        closed.run();
    }
}
