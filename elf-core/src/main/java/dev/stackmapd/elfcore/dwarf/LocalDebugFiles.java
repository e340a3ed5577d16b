package dev.stackmapd.elfcore.dwarf;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.ScratchSpace;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds debug files on the local disk.
///
/// The name of a package is that of the file, of the file without `.debug`, or of an executable of the
/// file, followed by `.dwp`: `app.dwp` also if the debug information is in `app.debug` or in a
/// `.build-id` tree, as for gdb and lldb. An executable with an index of split units is a package too. A
/// split unit is looked for at the path in its skeleton, then beside the file, by its whole relative
/// name and by its last name. An alternate file is looked for by the path in the link, then by its
/// build-id. A file with another id than the expected one is skipped.
///
/// Paths in debug information come from the author of the file. After resolving links, only files in the
/// file's own folder, those of its executables and the folders named here are opened.
///
/// @param file the file with the debug information
/// @param executables files with the code that `file` describes, where that lies elsewhere
/// @param sourceFolders folders that paths in debug information may lead into, such as a build tree; `/`
///     allows all
/// @param debugFolders folders with a `.build-id` tree, such as `/usr/lib/debug`; paths may lead into
///     them too
/// @param limits for the files that are found
/// @param space for their sections, once inflated
public record LocalDebugFiles(
        Path file,
        List<Path> executables,
        List<Path> sourceFolders,
        List<Path> debugFolders,
        ParseLimits limits,
        ScratchSpace space)
        implements DebugFileFinder {
    private static final String DEBUG_SUFFIX = ".debug";

    public LocalDebugFiles {
        requireNonNull(file, "file");
        executables = List.copyOf(executables);
        sourceFolders = List.copyOf(sourceFolders);
        debugFolders = List.copyOf(debugFolders);
        requireNonNull(limits, "limits");
        requireNonNull(space, "space");
    }

    /// Creates a finder without executables that inflates sections into temporary files.
    public LocalDebugFiles(Path file, List<Path> sourceFolders, List<Path> debugFolders, ParseLimits limits) {
        this(file, List.of(), sourceFolders, debugFolders, limits, ScratchSpace.TEMPORARY);
    }

    @Override
    public Optional<ElfFile> find(Query query) throws IOException, MalformedBinaryException {
        List<Path> candidates = candidates(query);
        return switch (query) {
            case Query.SplitPackage split -> {
                List<Path> packages = packages(candidates);
                yield split.rank() < packages.size() ? Optional.of(open(packages.get(split.rank()))) : Optional.empty();
            }
            case Query.SplitUnit unit -> first(candidates, found -> SplitFiles.holds(found, unit.id()));
            case Query.Alternate alternate -> first(candidates, found -> hasBuildId(found, alternate.buildId()));
        };
    }

    /// Opens a file with the limits and scratch space of this finder.
    public ElfFile open(Path path) throws IOException, MalformedBinaryException {
        return ElfFile.open(path, limits, space);
    }

    /// Returns the paths at which [#find] looks, in this order. They need not exist, nor be allowed, see
    /// [#isAllowed].
    public List<Path> candidates(Query query) {
        return switch (query) {
            case Query.SplitPackage any -> packageCandidates();
            case Query.SplitUnit unit -> candidates(unit);
            case Query.Alternate alternate -> candidates(alternate);
        };
    }

    private List<Path> packageCandidates() {
        Set<Path> candidates = new LinkedHashSet<>();
        String name = String.valueOf(file.getFileName());
        candidates.add(beside(name + ".dwp"));
        if (name.endsWith(DEBUG_SUFFIX)) {
            candidates.add(beside(name.substring(0, name.length() - DEBUG_SUFFIX.length()) + ".dwp"));
        }
        for (Path executable : executables) {
            candidates.add(executable.resolveSibling(executable.getFileName() + ".dwp"));
        }
        executables.stream().filter(executable -> !executable.equals(file)).forEach(candidates::add);
        return List.copyOf(candidates);
    }

    /// Returns the candidates that exist, each once; an executable only if it has an index of split
    /// units.
    private List<Path> packages(List<Path> candidates) throws IOException {
        List<Path> packages = new ArrayList<>();
        for (Path candidate : candidates) {
            if (isAllowed(candidate) && (!executables.contains(candidate) || hasUnitIndex(candidate))) {
                packages.add(candidate);
            }
        }
        return packages;
    }

    private boolean hasUnitIndex(Path executable) throws IOException {
        try (ElfFile opened = open(executable)) {
            return opened.hasSection(".debug_cu_index");
        } catch (MalformedBinaryException e) {
            return false;
        }
    }

    private List<Path> candidates(Query.SplitUnit unit) {
        List<Path> candidates = new ArrayList<>();
        try {
            Path name = Path.of(unit.name());
            candidates.add(beside(unit.directory()).resolve(name));
            if (!name.isAbsolute()) {
                candidates.add(beside(unit.name()));
            }
            candidates.add(beside(String.valueOf(name.getFileName())));
        } catch (InvalidPathException e) {
            // No file system has such a name.
            return List.of();
        }
        return candidates;
    }

    private List<Path> candidates(Query.Alternate alternate) {
        List<Path> candidates = new ArrayList<>();
        try {
            candidates.add(beside(alternate.name()));
        } catch (InvalidPathException e) {
            candidates.clear();
        }
        String id = alternate.buildId().toString();
        if (id.length() > 2) {
            for (Path folder : debugFolders) {
                candidates.add(folder.resolve(".build-id", id.substring(0, 2), id.substring(2) + ".debug"));
            }
        }
        return candidates;
    }

    /// Resolves a relative path against the file's folder. An absolute path stays as it is.
    private Path beside(String name) {
        return file.resolveSibling(name);
    }

    /// Returns the first candidate that is the expected file. One that cannot be read is skipped; its
    /// error is thrown if no other is found.
    private Optional<ElfFile> first(List<Path> candidates, Meant meant) throws IOException, MalformedBinaryException {
        List<MalformedBinaryException> damage = new ArrayList<>();
        for (Path candidate : candidates) {
            if (isAllowed(candidate)) {
                try {
                    Optional<ElfFile> opened = open(candidate, meant);
                    if (opened.isPresent()) {
                        return opened;
                    }
                } catch (MalformedBinaryException e) {
                    damage.add(e);
                }
            }
        }
        if (!damage.isEmpty()) {
            throw damage.getFirst();
        }
        return Optional.empty();
    }

    private Optional<ElfFile> open(Path candidate, Meant meant) throws IOException, MalformedBinaryException {
        ElfFile opened = open(candidate);
        boolean isMeant = false;
        try {
            isMeant = meant.is(opened);
        } finally {
            if (!isMeant) {
                opened.close();
            }
        }
        return isMeant ? Optional.of(opened) : Optional.empty();
    }

    private static boolean hasBuildId(ElfFile file, BuildId wanted) {
        return file.buildId() instanceof BuildIdSearch.Found found
                && found.buildId().equals(wanted);
    }

    /// Tests whether a file is the expected one.
    private interface Meant {
        boolean is(ElfFile file) throws MalformedBinaryException;
    }

    /// Returns true if a path leads to a regular file that may be opened.
    public boolean isAllowed(Path candidate) throws IOException {
        if (!Files.isRegularFile(candidate)) {
            return false;
        }
        Path real = candidate.toRealPath();
        for (Path folder : allowed()) {
            if (Files.isDirectory(folder) && real.startsWith(folder.toRealPath())) {
                return true;
            }
        }
        return false;
    }

    private List<Path> allowed() {
        List<Path> allowed = new ArrayList<>();
        allowed.add(beside(""));
        executables.forEach(executable -> allowed.add(executable.resolveSibling("")));
        allowed.addAll(sourceFolders);
        allowed.addAll(debugFolders);
        return allowed;
    }
}
