package dev.stackmapd.artifact;

import dev.stackmapd.artifact.disk.Artifact;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder;
import dev.stackmapd.elfcore.dwarf.LocalDebugFiles;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Finds the parts of split debug information beside a file, and among the files held by build-id. A
/// damaged file beside does not hide a held one.
///
/// @param beside looks at the places that the file itself names
/// @param held of the same build-id; open as long as this is used
/// @param lookedFor is given each path before a file is looked for there
public record HeldDebugFiles(LocalDebugFiles beside, HeldFiles held, Artifacts artifacts, Consumer<Path> lookedFor)
        implements DebugFileFinder {

    @Override
    public Optional<ElfFile> find(Query query) throws IOException, MalformedBinaryException {
        beside.candidates(query).forEach(lookedFor);
        return switch (query) {
            case Query.SplitPackage split -> splitPackage(split);
            case Query.SplitUnit unit -> beside.find(unit);
            case Query.Alternate alternate -> alternate(alternate);
        };
    }

    /// Returns held packages first: they were sent for this build-id, while a file beside may be of
    /// another build.
    private Optional<ElfFile> splitPackage(Query.SplitPackage split) throws IOException, MalformedBinaryException {
        List<Artifact.Binary> packages = held.packages();
        return split.rank() < packages.size()
                ? Optional.of(beside.open(packages.get(split.rank()).path()))
                : beside.find(new Query.SplitPackage(split.rank() - packages.size()));
    }

    private Optional<ElfFile> alternate(Query.Alternate query) throws IOException, MalformedBinaryException {
        artifacts.treePaths(query.buildId()).forEach(lookedFor);
        try {
            Optional<ElfFile> found = beside.find(query);
            return found.isPresent() ? found : byBuildId(query.buildId());
        } catch (MalformedBinaryException e) {
            Optional<ElfFile> found = byBuildId(query.buildId());
            if (found.isPresent()) {
                return found;
            }
            throw e;
        }
    }

    /// Opens a held file. It is mapped during the lease, and the mapping outlives the lease.
    private Optional<ElfFile> byBuildId(BuildId buildId) throws IOException, MalformedBinaryException {
        try (HeldFiles files = artifacts.heldForNames(buildId)) {
            for (Artifact file : files.files()) {
                if (file instanceof Artifact.Binary binary && binary.symbols() == Artifact.Symbols.DEBUG_INFORMATION) {
                    return Optional.of(beside.open(binary.path()));
                }
            }
            return Optional.empty();
        }
    }
}
