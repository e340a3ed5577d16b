package dev.stackmapd.artifact.folder;

import dev.stackmapd.artifact.disk.Artifact;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds files by build-id or htlhash in folders that the operator names (`stackmapd.artifacts.directories`). Reads
/// only.
///
/// Two kinds of place, both looked at in each folder: a `.build-id` tree (`.build-id/xx/rest` and
/// `.build-id/xx/rest.debug`, and as perf keeps them `.build-id/xx/rest/elf` and `.build-id/xx/rest/debug`; or the
/// folder itself, if it has that name) is asked at every look-up; everything else is indexed by [#rescan], under the
/// form of build-ids that look-ups compare ([BuildId#unpadded]). Links are
/// followed only in trees, and only to files inside the folder: `.build-id/xx/rest` is a link to the executable on
/// most systems. Where a file lies is never believed: its own build-id counts.
///
/// A file without a build-id is indexed under its htlhash. One with a build-id is found by its htlhash as well, unless
/// it lies in a tree only, which says nothing of htlhashes.
///
/// Thread-safe. Look-ups see the last finished scan; scans wait for one another.
public final class DirectoryArtifacts {
    private final List<Path> folders;
    private final ScanLimits limits;
    private final ArtifactReader reader;
    private Map<Path, FolderScan.Seen> seen = Map.of(); // guarded by this
    private volatile Index index = new Index(Map.of(), Map.of());

    /// What the last scan found.
    ///
    /// @param files by the id that they are held under, in the form that look-ups compare, the preferred ones first
    /// @param aliases by htlhash, the preferred one of the files that have a build-id
    private record Index(Map<BuildId, List<Artifact>> files, Map<BuildId, Artifact> aliases) {}

    /// Creates an empty index; [#rescan] reads the folders.
    ///
    /// @param folders earlier ones are preferred; one that does not exist is counted at each scan
    public DirectoryArtifacts(List<Path> folders, ScanLimits limits, ParseLimits parseLimits) {
        this.folders = List.copyOf(folders);
        this.limits = limits;
        this.reader = new ArtifactReader(parseLimits);
    }

    /// Scans the folders. Costs one `stat` for each file, and a read for each that is new, changed or
    /// not held.
    public synchronized ScanReport rescan() {
        FolderScan scan = new FolderScan(reader, limits, seen);
        folders.forEach(scan::walk);
        seen = scan.seen();
        boolean complete = publish(seen.values().stream()
                .map(FolderScan.Seen::artifact)
                .sorted(Comparator.<Artifact>comparingInt(artifact -> folderOf(artifact.path()))
                        .thenComparing(Artifact::path))
                .toList());
        return complete ? scan.report() : scan.report().withoutSomeAliases();
    }

    /// Publishes these files to look-ups, the preferred ones first.
    ///
    /// @return false if some are not found by their htlhash because there are too many
    private boolean publish(List<Artifact> found) {
        Map<BuildId, List<Artifact>> files = new HashMap<>();
        Map<BuildId, Artifact> aliases = new HashMap<>();
        boolean complete = true;
        for (Artifact artifact : found) {
            add(files.computeIfAbsent(artifact.buildId().unpadded(), id -> new ArrayList<>()), artifact);
            if (artifact.buildId().kind() == BuildId.Kind.GNU) {
                if (aliases.size() < limits.maxAliases()) {
                    aliases.putIfAbsent(artifact.htlhash(), artifact);
                } else {
                    complete &= aliases.containsKey(artifact.htlhash());
                }
            }
        }
        index = new Index(files, aliases);
        return complete;
    }

    /// Returns the folders, in their order of preference.
    public List<Path> folders() {
        return folders;
    }

    /// Returns all files of a build-id, those of earlier folders first. For an htlhash, returns the
    /// files that are held under it, or else the one file with a build-id that has this hash.
    ///
    /// Opens files of `.build-id` trees; callers should cache the result.
    public List<Artifact> find(BuildId buildId) {
        List<Artifact> indexed = indexed(buildId);
        List<Artifact> found = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            int folder = i;
            lookUp(folders.get(i), buildId, found);
            indexed.stream()
                    .filter(artifact -> folderOf(artifact.path()) == folder)
                    .forEach(artifact -> add(found, artifact));
        }
        return List.copyOf(found);
    }

    /// Returns the files of the last scan, without those of `.build-id` trees. Reads no file.
    public List<Artifact> indexed(BuildId buildId) {
        Index current = index;
        List<Artifact> files = current.files.get(buildId.unpadded());
        if (files != null) {
            return files;
        }
        Artifact alias = current.aliases.get(buildId);
        return alias == null ? List.of() : List.of(alias);
    }

    /// Returns the index of the first folder that contains the path.
    private int folderOf(Path path) {
        for (int i = 0; i < folders.size(); i++) {
            if (path.startsWith(folders.get(i))) {
                return i;
            }
        }
        return folders.size();
    }

    /// Adds a file; ignores copies beyond the limit, unless this is the first file with code.
    private void add(List<Artifact> files, Artifact artifact) {
        if (files.size() < limits.maxCopies()
                || (holdsCode(artifact) && files.stream().noneMatch(this::holdsCode))) {
            files.add(artifact);
        }
    }

    private boolean holdsCode(Artifact artifact) {
        return artifact instanceof Artifact.Binary binary && binary.code() == Artifact.Code.PRESENT;
    }

    /// Returns the paths that the trees of all folders would have for a build-id, also for trees that do
    /// not exist.
    public List<Path> treePaths(BuildId buildId) {
        return folders.stream()
                .flatMap(folder -> treePaths(folder, buildId).stream())
                .toList();
    }

    /// Returns the paths for every form that a build-id may have in the name of a file; none for an htlhash, which no
    /// tree has.
    private static List<Path> treePaths(Path folder, BuildId buildId) {
        if (buildId.kind() == BuildId.Kind.HTLHASH) {
            return List.of();
        }
        Path tree = folder.endsWith(FolderScan.BUILD_ID_TREE) ? folder : folder.resolve(FolderScan.BUILD_ID_TREE);
        List<Path> paths = new ArrayList<>();
        for (BuildId form : buildId.forms()) {
            String hex = form.hex();
            if (hex.length() >= 4) {
                Path place = tree.resolve(hex.substring(0, 2));
                paths.add(place.resolve(hex.substring(2)));
                paths.add(place.resolve(hex.substring(2) + ".debug"));
                paths.add(place.resolve(hex.substring(2)).resolve("elf"));
                paths.add(place.resolve(hex.substring(2)).resolve("debug"));
            }
        }
        return paths;
    }

    private void lookUp(Path folder, BuildId buildId, List<Artifact> into) {
        for (Path path : treePaths(folder, buildId)) {
            try {
                Path file = path.toRealPath();
                if (file.startsWith(folder.toRealPath())) {
                    reader.read(file)
                            .filter(artifact -> artifact.buildId().matches(buildId))
                            .ifPresent(artifact -> add(into, artifact));
                }
            } catch (IOException e) {
                // The file does not exist, which is the usual case, or is not readable: another path may have it.
            }
        }
    }
}
