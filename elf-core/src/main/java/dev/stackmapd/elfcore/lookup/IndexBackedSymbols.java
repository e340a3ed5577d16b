package dev.stackmapd.elfcore.lookup;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.index.FrameCursor;
import dev.stackmapd.elfcore.index.IndexedFunction;
import dev.stackmapd.elfcore.index.SymbolIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Looks names up in a finished index, which it owns.
///
/// @param closed runs when the index is closed
public record IndexBackedSymbols(SymbolIndex index, Runnable closed) implements BinarySymbols {
    /// Heap of the objects around the index, which itself is mapped.
    private static final int HEAP_BYTES = 4_096;

    /// Each thread has one cursor for all indexes: a cursor takes 6 KB, and keeps the block that it
    /// decoded last.
    private static final ThreadLocal<FrameCursor> CURSOR = ThreadLocal.withInitial(FrameCursor::new);

    @Override
    public SourceFrames find(ElfAddress address) throws MalformedBinaryException {
        return new Texts(index).find(address.value());
    }

    @Override
    public void find(AddressBatch addresses, FramesConsumer consumer) throws MalformedBinaryException {
        Texts texts = new Texts(index);
        SourceFrames answer = SourceFrames.NONE;
        for (int i = 0; i < addresses.size(); i++) {
            long address = addresses.address(i);
            if (i == 0 || address != addresses.address(i - 1)) {
                answer = texts.find(address);
            }
            consumer.accept(addresses.position(i), answer);
        }
    }

    /// The functions and paths of one call, each read once. For one thread.
    private static final class Texts {
        private final SymbolIndex index;
        private final FrameCursor cursor = CURSOR.get();
        private final Map<Integer, IndexedFunction> functions = new HashMap<>();
        private final Map<Integer, String> paths = new HashMap<>();

        Texts(SymbolIndex index) {
            this.index = index;
        }

        SourceFrames find(long address) throws MalformedBinaryException {
            int count = index.find(address, cursor);
            List<SourceFrame> frames = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                frames.add(frame(i, address));
            }
            List<LackingPart> lacking = index.lacking(address, cursor);
            return frames.isEmpty() && lacking.isEmpty() ? SourceFrames.NONE : new SourceFrames(frames, lacking);
        }

        private SourceFrame frame(int i, long address) throws MalformedBinaryException {
            String path = cursor.file(i) == 0 ? "" : path(cursor.file(i));
            if (cursor.function(i) == SymbolIndex.NO_FUNCTION) {
                return SourceFrame.ofLine(path, cursor.line(i), cursor.column(i));
            }
            IndexedFunction function = function(cursor.function(i));
            boolean inlined = i < cursor.frames() - 1;
            return new SourceFrame(
                    function.rawName(),
                    path,
                    cursor.line(i),
                    cursor.column(i),
                    inlined || function.entry() == 0 ? SourceFrame.NO_OFFSET : address - function.entry(),
                    function.source(),
                    function.language(),
                    function.approximate());
        }

        private IndexedFunction function(int number) throws MalformedBinaryException {
            IndexedFunction known = functions.get(number);
            if (known == null) {
                known = index.function(number);
                functions.put(number, known);
            }
            return known;
        }

        private String path(int number) throws MalformedBinaryException {
            String known = paths.get(number);
            if (known == null) {
                known = index.path(number);
                paths.put(number, known);
            }
            return known;
        }
    }

    @Override
    public List<LackingPart> lacking(int limit) {
        try {
            return index.lacking(limit);
        } catch (MalformedBinaryException e) {
            // The next look-up that needs the part reports the error.
            return List.of();
        }
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
