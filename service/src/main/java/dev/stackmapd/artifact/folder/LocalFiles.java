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

/// Files of this host that give names and nothing else: those that were opened for their build-id, and `.build-id`
/// trees that tools of this host keep. They are trusted least, and are never served or described. Thread-safe.
public final class LocalFiles {
    private final BinaryLocations opened;
    private final DirectoryArtifacts trees;
    private final ArtifactReader reader = new ArtifactReader(ParseLimits.DEFAULT);

    /// @param folders with a `.build-id` tree; nothing else in them is looked for by build-id
    public LocalFiles(BinaryLocations opened, List<Path> folders) {
        this.opened = opened;
        this.trees = new DirectoryArtifacts(folders, ScanLimits.DEFAULT, ParseLimits.DEFAULT);
    }

    /// Returns true if local files give names.
    public boolean isUsed() {
        return !trees.folders().isEmpty();
    }

    /// Has `listener` told of each build-id of which a file was opened and none was known.
    public void listen(Consumer<BuildId> listener) {
        opened.listen(listener);
    }

    /// The files of a build-id, the one that was opened first. Reads them to see what they are, and waits a second at
    /// most for a file system that does not answer.
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

    /// The folders of the trees, which paths in debug information may lead into.
    public List<Path> folders() {
        return trees.folders();
    }

    /// Where the trees would have a build-id, which is asked at every look-up.
    public List<Path> treePaths(BuildId buildId) {
        return trees.treePaths(buildId);
    }
}
