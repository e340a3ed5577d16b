package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.symbols.SymbolSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// An open symbol index, which finds the functions, files and lines of an address, inlined calls
/// included.
///
/// All checksums are verified when it is opened, in one pass over the mapped file. If a file with valid
/// checksums has wrong contents, the look-up that reads them throws a [MalformedBinaryException] after
/// bounded time. A look-up is one search in a table of block starts and the decoding of one block of at
/// most 32 entries; it allocates nothing.
///
/// Immutable and thread-safe until it is closed; each thread needs its own [FrameCursor].
public final class SymbolIndex implements AutoCloseable {
    /*
     * What a file says is checked where it is used: each section is a segment of its own, arrays have their bounds, and
     * the two together refuse with an IndexOutOfBoundsException, which the public methods turn into ours. To check in
     * advance would touch every page, and twice as much code would have to be right.
     */

    /// The function number of a frame whose line is known, but not the function.
    public static final int NO_FUNCTION = -1;

    private final String source;
    private final IndexHeader header;
    private final Arena arena;
    private final long base;
    private final long span;
    private final int shift;
    private final boolean wide;
    private final MemorySegment entries;
    private final MemorySegment blocks;
    private final MemorySegment top;
    private final ContextTable contexts;
    private final Records functions;
    private final Records files;
    private final IndexStrings strings;
    private final LackingTable lacking;

    SymbolIndex(String source, IndexHeader header, MemorySegment bytes, Arena arena) {
        this.source = source;
        this.header = header;
        this.arena = arena;
        this.base = header.base;
        this.span = header.span;
        this.shift = header.shift;
        this.wide = header.width == Long.BYTES;
        this.entries = section(bytes, IndexFormat.ENTRIES);
        this.blocks = section(bytes, IndexFormat.BLOCKS);
        this.top = section(bytes, IndexFormat.TOP);
        this.contexts = new ContextTable(section(bytes, IndexFormat.CONTEXTS), header.contexts, header.contextBits);
        this.functions = new Records(section(bytes, IndexFormat.FUNCTIONS), header.functions, header.functionBits);
        this.files = new Records(section(bytes, IndexFormat.FILES), header.files, header.fileBits);
        this.strings = new IndexStrings(
                section(bytes, IndexFormat.STRINGS), section(bytes, IndexFormat.TEXTS), header.strings);
        this.lacking = new LackingTable(section(bytes, IndexFormat.LACKING), strings);
    }

    private MemorySegment section(MemorySegment bytes, int number) {
        return bytes.asSlice(header.sectionOffsets[number], header.sectionLengths[number]);
    }

    /// Maps an index and verifies it.
    ///
    /// @param path a file that is never changed in place, only replaced
    public static IndexOpening open(Path path) throws IOException {
        return IndexFile.open(path);
    }

    /// Verifies an index that is in memory.
    ///
    /// @param source its name for errors
    /// @param bytes the whole file, not copied
    @SuppressWarnings("MustBeClosedChecker") // the index closes the arena
    public static IndexOpening of(String source, byte[] bytes) {
        return IndexFile.open(source, MemorySegment.ofArray(bytes), Arena.ofShared());
    }

    /// Returns the binary and the program that this index was built from and by.
    public IndexOrigin origin() {
        return header.origin;
    }

    /// Returns the ELF address of the first code of which anything is known.
    public long base() {
        return base;
    }

    /// Returns the bytes of address space from [#base] to the end of the last code of which anything is
    /// known; unsigned, not 0.
    public long span() {
        return span;
    }

    /// Returns the sources of names in the whole index.
    public Set<SymbolSource> sources() {
        EnumSet<SymbolSource> sources = EnumSet.noneOf(SymbolSource.class);
        for (SymbolSource each : SymbolSource.values()) {
            if ((header.sources >>> IndexFormat.code(each) & 1) != 0) {
                sources.add(each);
            }
        }
        return sources;
    }

    /// Returns true if parts of the binary could not be read when this was built.
    public boolean partsSkipped() {
        return header.partsSkipped;
    }

    /// Returns the number of functions. They are numbered from 0, ascending by raw name.
    public int functionCount() {
        return header.functions;
    }

    /// Returns the number of files. They are numbered from 0, which is no file.
    public int fileCount() {
        return header.files;
    }

    /// Looks an address up.
    ///
    /// @param elfAddress unsigned
    /// @param into receives the answer
    /// @return the number of its frames, 0 where nothing is known
    public int find(long elfAddress, FrameCursor into) throws MalformedBinaryException {
        into.clear();
        long distance = elfAddress - base;
        if (Long.compareUnsigned(distance, span) >= 0) {
            into.end(Long.compareUnsigned(elfAddress, base) < 0 ? base : 0);
            return 0;
        }
        try {
            return findWithin(distance, into);
        } catch (IndexOutOfBoundsException e) {
            into.clear();
            into.block.forget();
            throw lie(elfAddress, e);
        }
    }

    private int findWithin(long distance, FrameCursor into) {
        int block = blockAt(distance);
        BlockCursor at = into.block;
        if (!at.holds(this, block)) {
            long offset = offset(block);
            at.load(this, block, entries, offset, offset(block + 1) - offset);
        }
        int entry = at.entryAt(distance - start(block));
        into.end(base + (at.rest() == 0 ? start(block + 1) : distance + at.rest()));
        if (at.decode(entry)) {
            into.place(at.file(entry), at.line(entry), at.column(entry));
            int context = at.context(entry);
            if (context == ContextStore.NO_FUNCTION) {
                into.function(0, NO_FUNCTION);
            } else {
                contexts.addFrames(context, into);
            }
        }
        return into.frames();
    }

    private int blockAt(long distance) {
        long slot = distance >>> shift << 2;
        int below = top.get(IndexFormat.INT, slot);
        int above = top.get(IndexFormat.INT, slot + Integer.BYTES);
        while (below < above) {
            int middle = (below + above + 1) >>> 1;
            if (Long.compareUnsigned(start(middle), distance) <= 0) {
                below = middle;
            } else {
                above = middle - 1;
            }
        }
        return below;
    }

    private long start(int block) {
        return number(2L * block);
    }

    private long offset(int block) {
        return number(2L * block + 1);
    }

    private long number(long index) {
        return wide
                ? blocks.get(IndexFormat.LONG, index * Long.BYTES)
                : Integer.toUnsignedLong(blocks.get(IndexFormat.INT, index * Integer.BYTES));
    }

    /// @param number from [FrameCursor#function]
    public IndexedFunction function(int number) throws MalformedBinaryException {
        try {
            long record = functions.at(number);
            int kind = (int) functions.field(record, 3);
            long entry = functions.field(record, 4);
            return new IndexedFunction(
                    strings.get((int) functions.field(record, 0)),
                    (int) functions.field(record, 2),
                    IndexFormat.language(kind),
                    entry == 0 ? 0 : entry - 1 + base,
                    functions.field(record, 5),
                    IndexFormat.source(kind),
                    IndexFormat.isApproximate(kind));
        } catch (IndexOutOfBoundsException e) {
            throw lie(number, e);
        }
    }

    /// Returns the plain name of a function as the source has it; the raw name where nothing else is
    /// known.
    ///
    /// @param number from [FrameCursor#function]
    public String plainName(int number) throws MalformedBinaryException {
        try {
            return strings.get((int) functions.field(functions.at(number), 1));
        } catch (IndexOutOfBoundsException e) {
            throw lie(number, e);
        }
    }

    /// @param number from [FrameCursor#file]
    /// @return empty for no file
    public String path(int number) throws MalformedBinaryException {
        try {
            long record = files.at(number);
            return strings.get((int) files.field(record, 0)) + strings.get((int) files.field(record, 1));
        } catch (IndexOutOfBoundsException e) {
            throw lie(number, e);
        }
    }

    /// Returns the parts of the debug information that were missing for an answer. Costs nothing if none
    /// were missing when the index was built.
    ///
    /// @param elfAddress the address that was looked up last
    /// @param answer the answer to that look-up
    public List<LackingPart> lacking(long elfAddress, FrameCursor answer) throws MalformedBinaryException {
        if (lacking.isEmpty()) {
            return List.of();
        }
        try {
            List<LackingPart> there = lacking.at(elfAddress);
            return there.isEmpty() && !isOfDebugInformation(answer) ? lacking.elsewhere() : there;
        } catch (IndexOutOfBoundsException e) {
            throw lie(elfAddress, e);
        }
    }

    private boolean isOfDebugInformation(FrameCursor answer) {
        if (answer.frames() == 0) {
            return false;
        }
        int function = answer.function(answer.frames() - 1);
        return function == NO_FUNCTION
                || answer.file(0) != 0
                || IndexFormat.source((int) functions.field(functions.at(function), 3)) == SymbolSource.DWARF;
    }

    /// Returns the parts of the debug information that were missing when the index was built.
    ///
    /// @param limit the most parts to return
    public List<LackingPart> lacking(int limit) throws MalformedBinaryException {
        try {
            return lacking.isEmpty() ? List.of() : lacking.all(limit);
        } catch (IndexOutOfBoundsException e) {
            throw lie(limit, e);
        }
    }

    private MalformedBinaryException lie(long asked, IndexOutOfBoundsException why) {
        return new MalformedBinaryException(source, 0, "asked for 0x%x: %s".formatted(asked, why.getMessage()));
    }

    /// Does not wait for readers: a later look-up, on any thread, throws `IllegalStateException`.
    @Override
    public void close() {
        arena.close();
    }
}
