package dev.stackmapd.artifact.folder;

import dev.stackmapd.artifact.disk.Artifact;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.resolve.BinaryLocations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Files of this host that are used for symbolization only: those that were opened for their build-id,
/// and `.build-id` trees of this host's tools. They are the least trusted, and are never served or
/// described. Thread-safe.
public final class LocalFiles {
    private final BinaryLocations opened;
    private final DirectoryArtifacts trees;
    private final ArtifactReader reader = new ArtifactReader(ParseLimits.DEFAULT);

    /// @param folders with a `.build-id` tree; nothing else in them is looked for by build-id
    public LocalFiles(BinaryLocations opened, List<Path> folders) {
        this.opened = opened;
        this.trees = new DirectoryArtifacts(folders, ScanLimits.DEFAULT, ParseLimits.DEFAULT);
    }

    /// Returns true if local files are used.
    public boolean isUsed() {
        return !trees.folders().isEmpty();
    }

    /// Adds a listener for each build-id whose first file was opened.
    public void listen(Consumer<BuildId> listener) {
        opened.listen(listener);
    }

    /// Returns the files of a build-id, the opened one first. Reads them, and blocks for at most a
    /// second if a file system does not answer.
    public List<Artifact.Binary> find(BuildId buildId) {
        List<Artifact> found = new ArrayList<>();
        opened.find(buildId).flatMap(path -> read(path, buildId)).ifPresent(found::add);
        found.addAll(trees.find(buildId));
        return found.stream()
                .filter(Artifact.Binary.class::isInstance)
                .map(Artifact.Binary.class::cast)
                .toList();
    }

    private Optional<Artifact> read(Path path, BuildId buildId) {
        try {
            return reader.read(path).filter(artifact -> artifact.buildId().matches(buildId));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Returns the folders of the trees, which paths in debug information may lead into.
    public List<Path> folders() {
        return trees.folders();
    }

    /// Returns the paths that the trees would have for a build-id. They are looked up at every
    /// symbolization.
    public List<Path> treePaths(BuildId buildId) {
        return trees.treePaths(buildId);
    }
}
