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

/// The files of one binary, each used for what it does best: load segments from the first one with code,
/// debug information from the first one that has it, and symbols from all. A part that is damaged is passed
/// over where another file has it; [#damage] says what was wrong.
///
/// The caller chooses the files and opens them. They belong to this object from then on, until [#symbols] hands them to
/// the names that are read from them. For one thread until then.
public final class BinaryFiles implements AutoCloseable {
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<FileSymbols> symbols = new ArrayList<>();
    private final List<LackingPart> lacksAnyway = new ArrayList<>();
    private List<LoadSegment> segments = List.of();
    private @Nullable DwarfFile dwarf;
    private @Nullable GoTable goTable;
    private @Nullable MalformedBinaryException damage;

    /// Has something closed together with the files, such as a lease on them.
    public void closeToo(AutoCloseable other) {
        open.add(other);
    }

    /// Adds the symbols of a file that is not as good as those added before. The file is closed with the others.
    public void add(ElfFile file) {
        open.add(file);
        symbols.add(FileSymbols.read(file));
    }

    /// Adds the symbols of a file that is better than those added before. The file is closed with the others.
    public void addFirst(ElfFile file) {
        open.add(file);
        symbols.addFirst(FileSymbols.read(file));
    }

    /// Takes the load segments from a file that has the binary's code, and Go's table if it has one.
    ///
    /// @param file added before
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

    /// Takes load segments that were seen elsewhere, where no file has any.
    public void useSegments(List<LoadSegment> remembered) {
        if (segments.isEmpty()) {
            segments = List.copyOf(remembered);
        }
    }

    /// Takes debug information from a file, unless another one has given it.
    ///
    /// @param file added before
    /// @param finder looks for the other files that the debug information is spread over
    public void useDebugInformation(ElfFile file, DebugFileFinder finder) {
        if (dwarf != null) {
            return;
        }
        try {
            DwarfFile opened = DwarfFile.open(file, finder);
            open.addFirst(opened);
            // Asked for now, so that the binary is known to lack it before the first answer does.
            var _ = opened.lackingAlternate();
            dwarf = opened;
        } catch (MalformedBinaryException e) {
            damage = e;
            lacksAnyway.add(LackingPart.section(".debug_info", e));
        }
    }

    /// The executable's; empty where only debug files are here.
    public List<LoadSegment> segments() {
        return segments;
    }

    public Optional<DwarfFile> dwarf() {
        return Optional.ofNullable(dwarf);
    }

    /// Returns true if any name can be given, and offsets can be turned into addresses.
    public boolean isComplete() {
        return !segments.isEmpty() && (dwarf != null || goTable != null || !hasDamagedSymbolsOnly());
    }

    /// Returns true if no symbol table has any name, and one of them is damaged.
    public boolean hasDamagedSymbolsOnly() {
        return symbols.stream().allMatch(s -> s.tables().isEmpty())
                && symbols.stream().anyMatch(s -> !s.skipped().isEmpty());
    }

    /// The damage that was met last, of debug information or Go's table; symbol tables have theirs in
    /// [FileSymbols#skipped].
    public Optional<MalformedBinaryException> damage() {
        return Optional.ofNullable(damage);
    }

    /// The symbols of each file, best file first.
    public List<FileSymbols> fileSymbols() {
        return List.copyOf(symbols);
    }

    /// Has an index built of the same files, so that it answers as [#symbols] does. There must be debug information.
    public void addTo(IndexBuilder builder) {
        builder.dwarf(requireNonNull(dwarf, "debug information"));
        symbols.forEach(file -> file.tables().forEach(builder::symbols));
    }

    /// Hands the files on.
    public FileBackedSymbols symbols() {
        return new FileBackedSymbols(open, dwarf, symbols, goTable, dwarf == null ? lacksAnyway : List.of());
    }

    /// Closes the files. Not to be called after [#symbols], whose result closes them.
    @Override
    public void close() {
        new FileBackedSymbols(open, null, List.of(), null, List.of()).close();
    }
}
