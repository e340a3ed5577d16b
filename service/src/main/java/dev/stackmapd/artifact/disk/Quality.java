package dev.stackmapd.artifact.disk;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.artifact.disk.Artifact.Symbols;
import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.StoredSection;
import dev.stackmapd.elfcore.elf.SymbolEntries;
import java.util.Comparator;
import java.util.Optional;

/// The kind and amount of symbols in a file. A part that is damaged or empty counts as absent.
///
/// Debug information beats `.symtab`, which beats `.dynsym`; of two files with the same, the one with
/// more of it is better, so that a file with line tables only does not exclude a complete one.
///
/// @param symbols the best that it has
/// @param amount of these symbols: decompressed bytes of DIEs, or entries of the symbol table
public record Quality(Symbols symbols, long amount) {
    /// Orders the better quality first.
    public static final Comparator<Quality> BEST_FIRST =
            Comparator.comparing(Quality::symbols).thenComparing(Quality::amount, Comparator.reverseOrder());

    public Quality {
        requireNonNull(symbols, "symbols");
        if (amount < 0) {
            throw new IllegalArgumentException("an amount below 0");
        }
    }

    /// Returns the quality by the sizes in the headers of compressed sections: for files of the
    /// operator, of which there may be many.
    public static Quality of(ElfFile file) {
        return of(file, bytes(file, ".debug_info") + bytes(file, ".debug_info.dwo"));
    }

    /// Returns the quality after decompressing sections to count their bytes: for untrusted files.
    static Quality measured(ElfFile file) {
        return of(file, measure(file, ".debug_info") + measure(file, ".debug_info.dwo"));
    }

    private static long measure(ElfFile file, String section) {
        try {
            return file.measuredSize(section);
        } catch (MalformedBinaryException e) {
            return 0;
        }
    }

    private static Quality of(ElfFile file, long entries) {
        if (entries > 0) {
            return new Quality(Symbols.DEBUG_INFORMATION, entries);
        }
        long symtab = count(file::symtab);
        if (symtab > 0) {
            return new Quality(Symbols.SYMTAB, symtab);
        }
        long dynsym = count(file::dynsym);
        return dynsym > 0 ? new Quality(Symbols.DYNSYM, dynsym) : new Quality(Symbols.NONE, 0);
    }

    /// Returns true if this quality is better.
    public boolean isBetterThan(Quality other) {
        int order = symbols.compareTo(other.symbols);
        return order < 0 || (order == 0 && amount > other.amount);
    }

    static long bytes(ElfFile file, String section) {
        try {
            // Relocating a section would read all of it.
            return file.relocatable()
                    ? file.storedSection(section).map(StoredSection::size).orElse(0L)
                    : file.debugSection(section).map(ByteExtent::size).orElse(0L);
        } catch (MalformedBinaryException e) {
            return 0;
        }
    }

    private interface Table {
        Optional<SymbolEntries> read() throws MalformedBinaryException;
    }

    /// Returns the number of symbols. The first entry of every table is empty (gABI, `STN_UNDEF`).
    private static long count(Table table) {
        try {
            return table.read().map(entries -> entries.count() - 1).orElse(0L);
        } catch (MalformedBinaryException e) {
            return 0;
        }
    }
}
