package dev.stackmapd.elfcore.symbols;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.SymbolEntries;
import dev.stackmapd.elfcore.golang.GoTable;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.LongStream;

/// Finds the function that holds an ELF address.
///
/// Only code counts: functions, indirect functions, and untyped symbols in executable sections that are
/// defined there. An address outside `[st_value, st_value + st_size)` of every symbol that has a size
/// has no exact name. Where symbols overlap, the one that starts closest before the address wins, of
/// those the smallest; after its end the enclosing one counts again.
///
/// A symbol of size 0 counts up to the next symbol of its section or the section's end, and no further.
/// This is approximate, because the table does not have the end of the function. Inside a symbol that
/// has a size it is ignored, so that assembler labels do not cut functions into pieces. Labels `.L…` are
/// always ignored.
///
/// **Aliases** (same start, same size) have one name: global before weak before local, then fewest
/// leading underscores, then the shorter, then byte order; all after `@VERSION` and `@@VERSION` are cut
/// off.
///
/// Of the two tables of a file, `.symtab` is used where it names any code, else `.dynsym`. A relocatable
/// file has no addresses, so its table is empty. A symbol whose range wraps or whose name is outside the
/// string table is skipped and counted; a table that is itself wrong is malformed.
///
/// It keeps no reference to the file and need not be closed. Immutable, thread-safe. A look-up is O(log
/// n) on one `long[]` and allocates nothing until a name is requested.
public final class SymbolTable {
    /*
     * Overlaps are resolved when the table is built: addresses are cut into ranges that have one owner each, or none. So
     * a look-up needs no walk back over enclosing symbols, however deep a hostile file nests them. There are at most two
     * ranges a symbol. Of losers (aliases) only hashes are kept.
     *
     * Addresses are kept with their sign bit flipped: signed order is then unsigned order, as binarySearch needs it.
     */
    public static final int NONE = -1;

    static final SymbolTable EMPTY = new SymbolTable(
            SymbolSource.DYNSYM,
            Ranges.of(new long[0], new long[0]),
            new long[0],
            new long[0],
            new byte[0],
            new int[0],
            AliasNames.NONE,
            0);

    private final SymbolSource source;
    private final Ranges ranges;
    private final long[] starts;
    private final long[] sizes;
    private final byte[] names;
    private final int[] nameEnds;
    private final AliasNames aliases;
    private final boolean approximate;
    private final long skipped;

    SymbolTable(
            SymbolSource source,
            Ranges ranges,
            long[] starts,
            long[] sizes,
            byte[] names,
            int[] nameEnds,
            AliasNames aliases,
            long skipped) {
        this.source = source;
        this.ranges = ranges;
        this.starts = starts;
        this.sizes = sizes;
        this.names = names;
        this.nameEnds = nameEnds;
        this.aliases = aliases;
        this.approximate = LongStream.of(sizes).anyMatch(size -> size == 0);
        this.skipped = skipped;
    }

    /// Reads the better one of `.symtab` and `.dynsym`. The file may be closed afterwards.
    public static SymbolTable read(ElfFile file) throws MalformedBinaryException {
        SymbolTable symtab = read(file, SymbolSource.SYMTAB);
        return symtab.size() > 0 ? symtab : read(file, SymbolSource.DYNSYM);
    }

    /// Reads one source of names of a file; empty where the file does not have it.
    ///
    /// MiniDebugInfo leaves out what `.dynsym` has. A stub of the procedure linkage table is called
    /// `name@plt`: symbol tables have no names for stubs, and extending the symbol before them would
    /// give `_init`.
    static SymbolTable read(ElfFile file, SymbolSource source) throws MalformedBinaryException {
        if (file.relocatable()) {
            return EMPTY;
        }
        return switch (source) {
            case SYMTAB -> read(file, file.symtab(), source);
            case DYNSYM -> read(file, file.dynsym(), source);
            case MINI_DEBUG_INFO -> readMini(file);
            case PCLNTAB -> readGo(file);
            case PLT -> readStubs(file);
            case DWARF -> throw new IllegalArgumentException("debug information is not a symbol table");
        };
    }

    private static SymbolTable read(ElfFile file, Optional<SymbolEntries> entries, SymbolSource source)
            throws MalformedBinaryException {
        return entries.isPresent() ? new SymbolTableBuilder(entries.get(), file.limits()).build(source) : EMPTY;
    }

    private static SymbolTable readMini(ElfFile file) throws MalformedBinaryException {
        Optional<ElfFile> inner = file.miniDebugInfo();
        if (inner.isEmpty()) {
            return EMPTY;
        }
        try (ElfFile mini = inner.get()) {
            return read(mini, mini.symtab(), SymbolSource.MINI_DEBUG_INFO);
        }
    }

    private static SymbolTable readGo(ElfFile file) throws MalformedBinaryException {
        Optional<GoTable> table = GoTable.find(file);
        return table.isPresent() ? new GoNames(table.get(), file).build() : EMPTY;
    }

    private static SymbolTable readStubs(ElfFile file) throws MalformedBinaryException {
        Optional<SymbolEntries> dynsym = file.dynsym();
        return dynsym.isPresent() ? new StubNames(dynsym.get(), file).build() : EMPTY;
    }

    /// Returns the number of functions with different ranges.
    public int size() {
        return starts.length;
    }

    /// Returns the table that was read; without meaning where it was empty.
    public SymbolSource source() {
        return source;
    }

    /// Returns the number of code symbols skipped because they are malformed.
    public long skipped() {
        return skipped;
    }

    /// Returns the heap that this table holds, in bytes, accurate to a few percent.
    public long heapBytes() {
        return 128
                + ranges.heapBytes()
                + 16L * starts.length
                + 4L * nameEnds.length
                + names.length
                + aliases.heapBytes();
    }

    /// Returns the symbol that holds an ELF address; empty if there is none.
    public Optional<Symbol> find(ElfAddress address) {
        int index = indexOf(address.value());
        return index == NONE ? Optional.empty() : Optional.of(get(index));
    }

    /// Returns the index of the symbol that holds an ELF address (unsigned), or [#NONE]. Allocates
    /// nothing.
    public int indexOf(long elfAddress) {
        return ranges.ownerOf(elfAddress);
    }

    /// Returns the index of the symbol that holds an ELF address by a size of its own, or [#NONE].
    /// Allocates nothing.
    public int exactIndexOf(long elfAddress) {
        int index = ranges.ownerOf(elfAddress);
        return index != NONE && sizes[index] == 0 ? NONE : index;
    }

    /// Returns true if any symbol lacks a size.
    public boolean hasApproximate() {
        return approximate;
    }

    /// Returns the rank of a name that a symbol at an address has. The name of the symbol picked there
    /// counts as equal.
    AliasNames.Standing standing(long start, String name) {
        int from = firstAt(start);
        for (int i = from; i < starts.length && starts[i] == start; i++) {
            if (name(i).equals(name)) {
                return AliasNames.Standing.EQUAL;
            }
        }
        return aliases.of(start, name);
    }

    /// Returns the index of the first symbol that begins at or above an address.
    private int firstAt(long start) {
        int low = 0;
        int high = starts.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(starts[middle], start) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Passes to `sink` which addresses belong to which symbol, as ascending ranges without overlap.
    /// Each ends where the next one starts; one without symbol has [#NONE].
    public void forEachRange(SymbolRangeConsumer sink) {
        ranges.forEach(sink);
    }

    /// Receives ranges one after the other.
    public interface SymbolRangeConsumer {
        /// @param start ELF address
        /// @param index of the symbol, or [#NONE]
        void range(long start, int index);
    }

    /// @param index 0 to `size() - 1`; ascending by start
    public Symbol get(int index) {
        return new Symbol(name(index), new ElfAddress(starts[index]), sizes[index], source);
    }

    private String name(int index) {
        int from = index == 0 ? 0 : nameEnds[index - 1];
        return new String(names, from, nameEnds[index] - from, StandardCharsets.UTF_8);
    }
}
