package dev.stackmapd.elfcore.lookup;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.LoadSegment;
import dev.stackmapd.elfcore.golang.GoTable;
import dev.stackmapd.elfcore.index.IndexBuilder;
import dev.stackmapd.elfcore.symbols.FileSymbols;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The files of one binary: load segments come from the first one with code, debug information from the
/// first one that has it, and symbols from all. A damaged part is skipped if another file has it;
/// [#damage] returns the error.
///
/// The caller chooses the files and opens them. This object owns them from then on, until [#symbols]
/// transfers them. For one thread until then.
public final class BinaryFiles implements AutoCloseable {
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<FileSymbols> symbols = new ArrayList<>();
    private final List<LackingPart> lacksAnyway = new ArrayList<>();
    private List<LoadSegment> segments = List.of();
    private @Nullable DwarfFile dwarf;
    private @Nullable GoTable goTable;
    private @Nullable MalformedBinaryException damage;

    /// Registers an object to be closed together with the files, such as a lease on them.
    public void closeToo(AutoCloseable other) {
        open.add(other);
    }

    /// Adds the symbols of a file of lower precedence than those added before. The file is closed with
    /// the others.
    public void add(ElfFile file) {
        open.add(file);
        symbols.add(FileSymbols.read(file));
    }

    /// Adds the symbols of a file of higher precedence than those added before. The file is closed with
    /// the others.
    public void addFirst(ElfFile file) {
        open.add(file);
        symbols.addFirst(FileSymbols.read(file));
    }

    /// Takes the load segments from a file that has the binary's code, and Go's table if it has one.
    ///
    /// @param file a file that was added before
    public void useCode(ElfFile file) {
        if (segments.isEmpty()) {
            segments = file.loadSegments();
        }
        if (goTable == null) {
            try {
                goTable = GoTable.find(file).orElse(null);
            } catch (MalformedBinaryException e) {
                damage = e;
            }
        }
    }

    /// Takes load segments from another source, for the case that no file has any.
    public void useSegments(List<LoadSegment> remembered) {
        if (segments.isEmpty()) {
            segments = List.copyOf(remembered);
        }
    }

    /// Takes debug information from a file, unless another one already provides it.
    ///
    /// @param file a file that was added before
    /// @param finder looks for the other files that the debug information is spread over
    public void useDebugInformation(ElfFile file, DebugFileFinder finder) {
        if (dwarf != null) {
            return;
        }
        try {
            DwarfFile opened = DwarfFile.open(file, finder);
            open.addFirst(opened);
            // Opened now, so that it is known to be missing before the first look-up.
            var _ = opened.lackingAlternate();
            dwarf = opened;
        } catch (MalformedBinaryException e) {
            damage = e;
            lacksAnyway.add(LackingPart.section(".debug_info", e));
        }
    }

    /// Returns the load segments of the executable; empty where there are only debug files.
    public List<LoadSegment> segments() {
        return segments;
    }

    /// Returns the debug information; empty if no file provides any.
    public Optional<DwarfFile> dwarf() {
        return Optional.ofNullable(dwarf);
    }

    /// Returns true if there are any names, and file offsets can be converted to addresses.
    public boolean isComplete() {
        return !segments.isEmpty() && (dwarf != null || goTable != null || !hasDamagedSymbolsOnly());
    }

    /// Returns true if no symbol table has any name, and one of them is damaged.
    public boolean hasDamagedSymbolsOnly() {
        return symbols.stream().allMatch(s -> s.tables().isEmpty())
                && symbols.stream().anyMatch(s -> !s.skipped().isEmpty());
    }

    /// Returns the last error in debug information or Go's table. Errors in symbol tables are in
    /// [FileSymbols#skipped].
    public Optional<MalformedBinaryException> damage() {
        return Optional.ofNullable(damage);
    }

    /// Returns the symbols of each file, best file first.
    public List<FileSymbols> fileSymbols() {
        return List.copyOf(symbols);
    }

    /// Adds the debug information and symbols of these files to an index, so that it gives the same
    /// answers as [#symbols]. There must be debug information.
    public void addTo(IndexBuilder builder) {
        builder.dwarf(requireNonNull(dwarf, "debug information"));
        symbols.forEach(file -> file.tables().forEach(builder::symbols));
    }

    /// Returns the names of the files, and transfers the ownership of the files to them.
    public FileBackedSymbols symbols() {
        return new FileBackedSymbols(open, dwarf, symbols, goTable, dwarf == null ? lacksAnyway : List.of());
    }

    /// Closes the files. Must not be called after [#symbols], whose result closes them.
    @Override
    public void close() {
        new FileBackedSymbols(open, null, List.of(), null, List.of()).close();
    }
}
