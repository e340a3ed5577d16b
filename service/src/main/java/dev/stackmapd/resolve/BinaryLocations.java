package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.resolve.linux.FailureDomain;
import dev.stackmapd.resolve.linux.FileCalls;
import dev.stackmapd.resolve.linux.FileIdentity;
import dev.stackmapd.resolve.linux.HostFileThreads;
import dev.stackmapd.resolve.linux.PathName;
import java.io.ByteArrayOutputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Caches the locations of files of this host that were opened for their build-ids, so that they can be
/// reopened for symbolization: for each build-id, the file that was opened last, with its identity. A
/// file is returned only if it is unchanged. No file is kept open.
///
/// Files on FUSE are not recorded: any user can mount such a file system and can stop serving it at any
/// later time.
///
/// Thread-safe. Rarely used entries are evicted when the budget is reached.
public final class BinaryLocations {
    /// Heap of an entry, without its names.
    private static final int ENTRY_BYTES = 700;

    private static final Duration DEADLINE = Duration.ofSeconds(1);

    private final Cache<BuildId, Location> files;
    private final HostFileThreads threads;
    private volatile Consumer<BuildId> listener = buildId -> {};

    /// The location and state of a file when it was opened.
    ///
    /// @param path of the file in this service's mount namespace; empty if the kernel reported none
    /// @param pid of the process whose mapping led to the file, or 0
    /// @param mapping of the file in that process
    record Location(FileIdentity identity, PathName path, int pid, FileMapping mapping) {
        Location {
            requireNonNull(identity, "identity");
            requireNonNull(path, "path");
            requireNonNull(mapping, "mapping");
        }

        private int bytes() {
            return ENTRY_BYTES + path.length() + 2 * mapping.path().length();
        }

        /// Returns the paths that may lead to the file: first the one that outlives the process, last
        /// the one that requires its mapping. A process may have another root than this service, or map
        /// a file that is unlinked.
        private List<byte[]> paths() {
            return pid == 0
                    ? List.of(path.toBytes())
                    : List.of(
                            path.toBytes(),
                            joined(
                                    "/proc/%d/root".formatted(pid),
                                    mapping.path().toBytes()),
                            "/proc/%d/map_files/%x-%x"
                                    .formatted(pid, mapping.start(), mapping.end())
                                    .getBytes(US_ASCII));
        }

        private static byte[] joined(String root, byte[] path) {
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            joined.writeBytes(root.getBytes(US_ASCII));
            joined.writeBytes(path);
            return joined.toByteArray();
        }
    }

    /// @param maxBytes approximate maximum of the heap that entries take
    /// @param threads run the look-ups; the caller closes them
    public BinaryLocations(long maxBytes, HostFileThreads threads) {
        this.threads = threads;
        this.files = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((BuildId buildId, Location file) -> file.bytes())
                .build();
    }

    /// Registers the one listener, which is called with each build-id for which a location is recorded
    /// and none was known. It is called on the thread of a look-up and must not block.
    public void listen(Consumer<BuildId> listener) {
        this.listener = listener;
    }

    /// Records a file; it replaces an earlier one of its build-id.
    void add(BuildId buildId, Location file) {
        if (files.asMap().put(buildId.unpadded(), file) == null) {
            listener.accept(buildId);
        }
    }

    /// Returns a path to the file of a build-id. Blocks for at most one second on the file system.
    ///
    /// @return a path that leads to the file now; empty if no file is recorded, or it has gone, has
    ///     changed or cannot be reached
    public Optional<Path> find(BuildId buildId) {
        BuildId key = buildId.unpadded();
        Location file = files.getIfPresent(key);
        if (file == null) {
            return Optional.empty();
        }
        Optional<Optional<Path>> found =
                threads.call(FailureDomain.ofFileSystem(file.identity().device()), DEADLINE, call -> find(file));
        if (found.isPresent() && found.get().isEmpty()) {
            files.asMap().remove(key, file);
        }
        return found.flatMap(path -> path);
    }

    private static Optional<Path> find(Location file) {
        try (FileCalls calls = new FileCalls()) {
            return file.paths().stream()
                    .filter(path -> leadsTo(calls, path, file.identity()))
                    .flatMap(path -> asPath(path).stream())
                    .findFirst();
        }
    }

    private static boolean leadsTo(FileCalls calls, byte[] path, FileIdentity identity) {
        int pinned = path.length == 0 ? -1 : calls.pin(path);
        if (pinned < 0) {
            return false;
        }
        try {
            return calls.status(pinned) >= 0
                    && calls.regular()
                    && calls.identity().hasContentsOf(identity);
        } finally {
            calls.release(pinned);
        }
    }

    /// Returns empty if Java cannot represent the path in this process's locale.
    private static Optional<Path> asPath(byte[] path) {
        try {
            return Optional.of(Path.of(new String(path, UTF_8)))
                    .filter(same -> Arrays.equals(same.toString().getBytes(UTF_8), path));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
