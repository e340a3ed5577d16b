package dev.stackmapd.symbolize;

import dev.stackmapd.artifact.Artifact;
import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.HeldDebugFiles;
import dev.stackmapd.artifact.HeldFiles;
import dev.stackmapd.artifact.disk.BinaryScratch;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.dwarf.LocalDebugFiles;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.elfcore.elf.DebugLink;
import dev.stackmapd.elfcore.elf.DebugLinkSearch;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.LoadSegment;
import dev.stackmapd.elfcore.golang.GoTable;
import dev.stackmapd.elfcore.symbols.FileSymbols;
import dev.stackmapd.symbolize.Symbolized.Cause;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The files of one build-id that agree, opened, each for what it does best: segments from one with code, or as
/// they were seen elsewhere, debug information and symbols from those that have them. A file that fails is
/// passed over as long as another can do its part.
///
/// For one thread, until its parts are handed on.
final class OpenFiles implements IndexInput {
    /// Copies of the executable beside which packages are looked for.
    private static final int MAX_EXECUTABLES = 4;

    private final BuildId buildId;
    private final HeldFiles held;
    private final Artifacts artifacts;
    private final ParseLimits limits;
    private final BinaryScratch scratch;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<FileSymbols> symbols = new ArrayList<>();
    private List<LoadSegment> segments = List.of();
    private @Nullable DwarfFile dwarf;
    private @Nullable GoTable goTable;
    private @Nullable String damage;
    private final Set<BuildId> lacking = new HashSet<>();
    private final List<LackingPart> lacksAnyway = new ArrayList<>();
    private final LookedFor lookedFor;
    private boolean unreadable;
    private boolean debugFile;
    private final List<Path> used = new ArrayList<>();
    private @Nullable ElfFile code;
    private @Nullable Path codePath;

    private OpenFiles(BuildId buildId, Artifacts artifacts, ParseLimits limits) {
        this.buildId = buildId;
        this.artifacts = artifacts;
        this.held = artifacts.heldForNames(buildId);
        this.limits = limits;
        this.scratch = artifacts.scratch();
        this.lookedFor = new LookedFor(Stream.concat(artifacts.foldersForNames().stream(), folders(held))
                .toList());
        open.add(held);
        artifacts.treePaths(buildId).forEach(lookedFor::note);
    }

    private static Stream<Path> folders(HeldFiles held) {
        return held.files().stream().map(file -> file.path().resolveSibling(""));
    }

    static OpenFiles of(BuildId buildId, Artifacts artifacts, ParseLimits limits) {
        OpenFiles opened = new OpenFiles(buildId, artifacts, limits);
        for (Artifact file : opened.held.files()) {
            switch (file) {
                case Artifact.Damaged damaged -> opened.damage = damaged.detail();
                case Artifact.Binary binary -> opened.use(binary);
            }
        }
        if (opened.segments.isEmpty() && !opened.used.isEmpty()) {
            opened.segments = opened.held.segments();
        }
        if (opened.dwarf == null) {
            opened.followDebugLink();
        }
        return opened;
    }

    /// The files that are open, in the order of use.
    @Override
    public List<Path> paths() {
        return used;
    }

    boolean hasDebugInformation() {
        return dwarf != null;
    }

    @Override
    public DwarfFile dwarf() {
        if (dwarf == null) {
            throw new IllegalStateException("there is no debug information");
        }
        return dwarf;
    }

    @Override
    public BinaryScratch scratch() {
        return scratch;
    }

    @Override
    public LookedFor lookedFor() {
        return lookedFor;
    }

    @Override
    public List<FileSymbols> symbols() {
        return symbols;
    }

    List<LoadSegment> segments() {
        return segments;
    }

    /// Whether there is enough of the binary to turn offsets into addresses and these into names.
    boolean isComplete() {
        return !segments.isEmpty() && (dwarf != null || goTable != null || !damagedSymbolsOnly());
    }

    /// Build-ids of files that would say more of this one.
    Set<BuildId> lacking() {
        return lacking;
    }

    /// Why it is not complete.
    Loaded missing() {
        if (damage != null) {
            return new Loaded.Bad(damage);
        }
        if (unreadable) {
            return new Loaded.Absent(Cause.UNREADABLE);
        }
        return new Loaded.Absent(debugFile ? Cause.NO_EXECUTABLE : Cause.NOT_HELD);
    }

    /// Hands the files on.
    DirectNames names() {
        return new DirectNames(open, dwarf, symbols, goTable, dwarf == null ? lacksAnyway : List.of());
    }

    @Override
    public void close() {
        new DirectNames(open, null, List.of(), null, List.of()).close();
    }

    private boolean damagedSymbolsOnly() {
        boolean none = symbols.stream().allMatch(s -> s.tables().isEmpty());
        boolean damaged = symbols.stream().anyMatch(s -> !s.skipped().isEmpty());
        if (none && damaged && damage == null) {
            damage = "its symbol tables cannot be read";
        }
        return none && damaged;
    }

    /// The path may name another file by now: what is opened must still have the build-id, and its code where it was.
    private void use(Artifact.Binary binary) {
        debugFile |= binary.code() == Artifact.Code.ABSENT;
        boolean wanted = segments.isEmpty() || dwarf == null || symbols.isEmpty();
        if (!wanted) {
            return;
        }
        try {
            ElfFile file = ElfFile.open(binary.path(), limits, scratch);
            if (isStill(binary, file)) {
                use(binary, file);
            } else {
                file.close();
            }
        } catch (MalformedBinaryException e) {
            damage = "offset 0x%x: %s".formatted(e.offset(), e.reason());
        } catch (IOException | InternalError e) {
            // InternalError: the file was cut short under the mapping.
            unreadable = true;
        }
    }

    private boolean isStill(Artifact.Binary binary, ElfFile file) throws MalformedBinaryException {
        boolean same = switch (buildId.kind()) {
            case GNU -> file.buildId() instanceof BuildIdSearch.Found(BuildId id) && id.matches(buildId);
            case HTLHASH -> file.htlhash().equals(buildId);
        };
        return same && file.layout().contradictionTo(binary.layout()).isEmpty();
    }

    private void use(Artifact.Binary binary, ElfFile file) {
        open.add(file);
        used.add(binary.path());
        if (segments.isEmpty() && binary.code() == Artifact.Code.PRESENT) {
            segments = file.loadSegments();
            code = file;
            codePath = binary.path();
        }
        symbols.add(FileSymbols.read(file));
        if (dwarf == null && binary.symbols() == Artifact.Symbols.DEBUG_INFORMATION) {
            dwarf = openDwarf(binary.path(), file);
        }
        if (goTable == null && binary.code() == Artifact.Code.PRESENT) {
            goTable = findGoTable(file);
        }
    }

    /// The file that a stripped executable names by name and CRC instead of by build-id.
    private void followDebugLink() {
        if (code == null || codePath == null) {
            return;
        }
        try {
            Optional<DebugLink> link = code.debugLink();
            DebugLinkSearch search = new DebugLinkSearch(codePath, artifacts.foldersForNames());
            link.map(search::candidates).orElse(List.of()).forEach(lookedFor::note);
            Optional<Path> found = link.isPresent() ? search.find(link.get()) : Optional.empty();
            if (found.isPresent()) {
                ElfFile file = ElfFile.open(found.get(), limits, scratch);
                open.add(file);
                used.add(found.get());
                symbols.addFirst(FileSymbols.read(file));
                dwarf = openDwarf(found.get(), file);
            }
        } catch (MalformedBinaryException e) {
            damage = "offset 0x%x: %s".formatted(e.offset(), e.reason());
        } catch (IOException | InternalError e) {
            unreadable = true;
        }
    }

    private @Nullable DwarfFile openDwarf(Path path, ElfFile file) {
        try {
            List<Path> folders = artifacts.foldersForNames();
            LocalDebugFiles beside = new LocalDebugFiles(path, executables(), folders, folders, limits, scratch);
            DwarfFile opened = DwarfFile.open(file, new HeldDebugFiles(beside, held, artifacts, lookedFor::note));
            open.addFirst(opened);
            noteParts(opened);
            return opened;
        } catch (MalformedBinaryException e) {
            damage = "offset 0x%x: %s".formatted(e.offset(), e.reason());
            lacksAnyway.add(LackingPart.section(".debug_info", e));
            return null;
        }
    }

    /// Files with the code, which packages of split units are named after.
    private List<Path> executables() {
        return held.files().stream()
                .filter(file -> file instanceof Artifact.Binary binary && binary.code() == Artifact.Code.PRESENT)
                .map(Artifact::path)
                .limit(MAX_EXECUTABLES)
                .toList();
    }

    /// What else the debug information is made of, if it is known by build-id.
    private void noteParts(DwarfFile opened) throws MalformedBinaryException {
        held.packages().forEach(split -> used.add(split.path()));
        Optional<DebugFileFinder.Wanted.Alternate> link = opened.alternateLink();
        if (link.isPresent()) {
            try (HeldFiles alternates = artifacts.heldForNames(link.get().buildId())) {
                alternates.files().forEach(file -> used.add(file.path()));
            }
            if (opened.lackingAlternate().isPresent()) {
                lacking.add(link.get().buildId());
            }
        }
    }

    private @Nullable GoTable findGoTable(ElfFile file) {
        try {
            return GoTable.find(file).orElse(null);
        } catch (MalformedBinaryException e) {
            damage = "offset 0x%x: %s".formatted(e.offset(), e.reason());
            return null;
        }
    }
}
