package dev.stackmapd.symbolize;

import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.HeldDebugFiles;
import dev.stackmapd.artifact.HeldFiles;
import dev.stackmapd.artifact.disk.Artifact;
import dev.stackmapd.artifact.disk.BinaryScratch;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.dwarf.LocalDebugFiles;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.elfcore.elf.DebugLink;
import dev.stackmapd.elfcore.elf.DebugLinkSearch;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.lookup.BinaryFiles;
import dev.stackmapd.symbolize.SymbolizationResult.Cause;
import dev.stackmapd.symbolize.index.IndexInput;
import dev.stackmapd.symbolize.index.SearchedPaths;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Selects and opens the consistent files of one build-id: the held files, and the debug file that an
/// executable references by a debug link. Load segments that were recorded earlier substitute for a
/// missing executable. A file that cannot be read is skipped if another one can replace it.
///
/// Not thread-safe. The parts may be handed to another thread.
final class OpenedBinaryFiles implements IndexInput {
    /// Maximum number of copies of the executable beside which packages are searched.
    private static final int MAX_EXECUTABLES = 4;

    private final BuildId buildId;
    private final HeldFiles held;
    private final Artifacts artifacts;
    private final ParseLimits limits;
    private final BinaryScratch scratch;
    private final BinaryFiles files = new BinaryFiles();
    private final Set<BuildId> lacking = new HashSet<>();
    private final SearchedPaths searchedPaths;
    private final List<Path> used = new ArrayList<>();
    private @Nullable String damage;
    private boolean unreadable;
    private boolean debugFile;
    private @Nullable ElfFile code;
    private @Nullable Path codePath;

    private OpenedBinaryFiles(BuildId buildId, Artifacts artifacts, ParseLimits limits) {
        this.buildId = buildId;
        this.artifacts = artifacts;
        this.held = artifacts.heldForNames(buildId);
        this.limits = limits;
        this.scratch = artifacts.scratch();
        this.searchedPaths = new SearchedPaths(Stream.concat(artifacts.foldersForNames().stream(), folders(held))
                .toList());
        files.closeToo(held);
        artifacts.treePaths(buildId).forEach(searchedPaths::note);
    }

    private static Stream<Path> folders(HeldFiles held) {
        return held.files().stream().map(file -> file.path().resolveSibling(""));
    }

    static OpenedBinaryFiles of(BuildId buildId, Artifacts artifacts, ParseLimits limits) {
        OpenedBinaryFiles opened = new OpenedBinaryFiles(buildId, artifacts, limits);
        for (Artifact file : opened.held.files()) {
            switch (file) {
                case Artifact.Damaged damaged -> opened.damage = damaged.detail();
                case Artifact.Binary binary -> opened.use(binary);
            }
        }
        if (!opened.used.isEmpty()) {
            opened.files.useSegments(opened.held.segments());
        }
        if (!opened.hasDebugInformation()) {
            opened.followDebugLink();
        }
        opened.noteAlternate();
        return opened;
    }

    @Override
    public BinaryFiles files() {
        return files;
    }

    /// Returns the paths of the open files, in the order of use.
    @Override
    public List<Path> paths() {
        return used;
    }

    boolean hasDebugInformation() {
        return files.dwarf().isPresent();
    }

    @Override
    public BinaryScratch scratch() {
        return scratch;
    }

    @Override
    public SearchedPaths searchedPaths() {
        return searchedPaths;
    }

    /// Returns build-ids of files that would add information about this binary.
    Set<BuildId> lacking() {
        return lacking;
    }

    /// Returns why the files are incomplete.
    LoadResult missing() {
        Optional<String> broken = files.damage()
                .map(OpenedBinaryFiles::detail)
                .or(() -> Optional.ofNullable(damage))
                .or(() -> files.hasDamagedSymbolsOnly()
                        ? Optional.of("its symbol tables cannot be read")
                        : Optional.empty());
        if (broken.isPresent()) {
            return new LoadResult.Broken(broken.get());
        }
        if (unreadable) {
            return new LoadResult.Absent(Cause.UNREADABLE);
        }
        return new LoadResult.Absent(debugFile ? Cause.NO_EXECUTABLE : Cause.NOT_HELD);
    }

    private static String detail(MalformedBinaryException e) {
        return "offset 0x%x: %s".formatted(e.offset(), e.reason());
    }

    @Override
    public void close() {
        files.close();
    }

    /// Opens a held file if it is needed. Its path may refer to another file by now, so the opened file
    /// must still have the build-id and the layout.
    private void use(Artifact.Binary binary) {
        debugFile |= binary.code() == Artifact.Code.ABSENT;
        boolean wanted = files.segments().isEmpty()
                || !hasDebugInformation()
                || files.fileSymbols().isEmpty();
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
            damage = detail(e);
        } catch (IOException | InternalError e) {
            // InternalError: the file was truncated while it was mapped.
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
        files.add(file);
        used.add(binary.path());
        if (binary.symbols() == Artifact.Symbols.DEBUG_INFORMATION) {
            useDebugInformation(binary.path(), file);
        }
        if (binary.code() == Artifact.Code.PRESENT) {
            files.useCode(file);
            if (code == null) {
                code = file;
                codePath = binary.path();
            }
        }
    }

    /// Opens the debug file that a stripped executable references by name and CRC instead of by
    /// build-id.
    private void followDebugLink() {
        if (code == null || codePath == null) {
            return;
        }
        try {
            Optional<DebugLink> link = code.debugLink();
            DebugLinkSearch search = new DebugLinkSearch(codePath, artifacts.foldersForNames());
            link.map(search::candidates).orElse(List.of()).forEach(searchedPaths::note);
            Optional<Path> found = link.isPresent() ? search.find(link.get()) : Optional.empty();
            if (found.isPresent()) {
                ElfFile file = ElfFile.open(found.get(), limits, scratch);
                files.addFirst(file);
                used.add(found.get());
                useDebugInformation(found.get(), file);
            }
        } catch (MalformedBinaryException e) {
            damage = detail(e);
        } catch (IOException | InternalError e) {
            unreadable = true;
        }
    }

    private void useDebugInformation(Path path, ElfFile file) {
        if (hasDebugInformation()) {
            return;
        }
        List<Path> folders = artifacts.foldersForNames();
        LocalDebugFiles beside = new LocalDebugFiles(path, executables(), folders, folders, limits, scratch);
        files.useDebugInformation(file, new HeldDebugFiles(beside, held, artifacts, searchedPaths::note));
        if (hasDebugInformation()) {
            held.packages().forEach(split -> used.add(split.path()));
        }
    }

    /// Returns files with code, after which packages of split units are named.
    private List<Path> executables() {
        return held.files().stream()
                .filter(file -> file instanceof Artifact.Binary binary && binary.code() == Artifact.Code.PRESENT)
                .map(Artifact::path)
                .limit(MAX_EXECUTABLES)
                .toList();
    }

    /// Records the supplementary file of `dwz`, which is referenced by build-id.
    private void noteAlternate() {
        Optional<DwarfFile> dwarf = files.dwarf();
        try {
            Optional<DebugFileFinder.Query.Alternate> link =
                    dwarf.isPresent() ? dwarf.get().alternateLink() : Optional.empty();
            if (link.isPresent()) {
                try (HeldFiles alternates = artifacts.heldForNames(link.get().buildId())) {
                    alternates.files().forEach(file -> used.add(file.path()));
                }
                if (dwarf.get().lackingAlternate().isPresent()) {
                    lacking.add(link.get().buildId());
                }
            }
        } catch (MalformedBinaryException e) {
            throw new IllegalStateException("the link was read when the debug information was opened", e);
        }
    }
}
