package dev.stackmapd.artifact.folder;

import dev.stackmapd.artifact.disk.Artifact;
import dev.stackmapd.artifact.folder.ScanReport.Completeness;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One walk over the operator's folders. It follows no links and skips `.build-id` trees, which are
/// looked up directly.
///
/// A file whose size, time and identity are those of the scan before is not read again.
final class FolderScan extends SimpleFileVisitor<Path> {
    static final String BUILD_ID_TREE = ".build-id";

    /// @param key the device and inode of the file
    private record Stamp(long size, FileTime modified, String key) {}

    /// The artifact at a path, with the state of the file when it was read.
    record Seen(Stamp stamp, Artifact artifact) {}

    private final ArtifactReader reader;
    private final ScanLimits limits;
    private final Map<Path, Seen> before;
    private final Map<Path, Seen> now = new HashMap<>();
    private int files;
    private int unreadable;
    private Completeness outcome = Completeness.COMPLETE;

    FolderScan(ArtifactReader reader, ScanLimits limits, Map<Path, Seen> before) {
        this.reader = reader;
        this.limits = limits;
        this.before = before;
    }

    /// Adds the files below a folder; a folder that cannot be read counts as unreadable.
    void walk(Path folder) {
        try {
            Files.walkFileTree(folder, Set.of(), limits.maxDepth(), this);
        } catch (IOException e) {
            unreadable++;
        }
    }

    Map<Path, Seen> seen() {
        return now;
    }

    ScanReport report() {
        int damaged = 0;
        int changed = 0;
        for (Map.Entry<Path, Seen> entry : now.entrySet()) {
            damaged += entry.getValue().artifact instanceof Artifact.Damaged ? 1 : 0;
            changed += entry.getValue().equals(before.get(entry.getKey())) ? 0 : 1;
        }
        for (Path path : before.keySet()) {
            changed += now.containsKey(path) ? 0 : 1;
        }
        return new ScanReport(files, now.size(), damaged, unreadable, changed, outcome);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
        return directory.endsWith(BUILD_ID_TREE) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
        if (!attributes.isRegularFile()) {
            return FileVisitResult.CONTINUE;
        }
        if (files == limits.maxFiles()) {
            outcome = Completeness.STOPPED_AT_LIMIT;
            return FileVisitResult.TERMINATE;
        }
        files++;
        Stamp stamp = new Stamp(attributes.size(), attributes.lastModifiedTime(), String.valueOf(attributes.fileKey()));
        Seen known = before.get(path);
        if (known != null && known.stamp.equals(stamp)) {
            now.put(path, known);
        } else {
            read(path, stamp);
        }
        return FileVisitResult.CONTINUE;
    }

    private void read(Path path, Stamp stamp) {
        try {
            Optional<Artifact> artifact = reader.read(path);
            if (artifact.isPresent()) {
                now.put(path, new Seen(stamp, artifact.get()));
            }
        } catch (IOException e) {
            unreadable++;
        }
    }

    @Override
    public FileVisitResult visitFileFailed(Path path, IOException e) {
        unreadable++;
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
        unreadable += e == null ? 0 : 1;
        return FileVisitResult.CONTINUE;
    }
}
