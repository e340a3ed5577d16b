package dev.stackmapd.elfcore.dwarf;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Looks on the local disk.
///
/// A package is `<file>.dwp`. A split unit is looked for where it says it was written, then beside the file, by its
/// whole relative name and by its last name. An alternate file is looked for by the path in the link, then by its
/// build-id. A file that has another id than the one wanted is passed over.
///
/// Paths that debug information gives come from whoever made the file. They lead to nothing outside the file's own
/// folder and the folders named here, links resolved.
///
/// @param file the file with the debug information
/// @param sourceFolders folders that paths in debug information may lead into, such as a build tree; `/` allows all
/// @param debugFolders folders with a `.build-id` tree, such as `/usr/lib/debug`; paths may lead into them too
/// @param limits for the files that are found
public record LocalDebugFiles(Path file, List<Path> sourceFolders, List<Path> debugFolders, ParseLimits limits)
        implements DebugFileFinder {

    public LocalDebugFiles {
        requireNonNull(file, "file");
        sourceFolders = List.copyOf(sourceFolders);
        debugFolders = List.copyOf(debugFolders);
        requireNonNull(limits, "limits");
    }

    @Override
    public Optional<ElfFile> find(Wanted wanted) throws IOException, MalformedBinaryException {
        return switch (wanted) {
            case Wanted.SplitPackage any -> first(List.of(beside(file.getFileName() + ".dwp")), file -> true);
            case Wanted.SplitUnit unit -> first(candidates(unit), file -> SplitFiles.holds(file, unit.id()));
            case Wanted.Alternate alternate ->
                first(candidates(alternate), file -> hasBuildId(file, alternate.buildId()));
        };
    }

    private List<Path> candidates(Wanted.SplitUnit unit) {
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

    private List<Path> candidates(Wanted.Alternate alternate) {
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

    /// A relative path counts from the file's folder, an absolute one is itself.
    private Path beside(String name) {
        return file.resolveSibling(name);
    }

    /// The first file that is the one meant. One that cannot be read is passed over; that is the error where no other
    /// is found.
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
        ElfFile opened = ElfFile.open(candidate, limits);
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

    /// Whether a file is the one that was wanted.
    private interface Meant {
        boolean is(ElfFile file) throws MalformedBinaryException;
    }

    private boolean isAllowed(Path candidate) throws IOException {
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
        return Stream.of(List.of(beside("")), sourceFolders, debugFolders)
                .flatMap(List::stream)
                .toList();
    }
}
