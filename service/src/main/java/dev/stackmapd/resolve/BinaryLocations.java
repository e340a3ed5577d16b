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

/// Where the files of this host lie that were opened for their build-ids, so that they can be found again: for
/// each build-id the file that was opened last, with its identity. A file is found only if it is still the same
/// state of the same file. Nothing is kept open.
///
/// Files of FUSE are not remembered: any user can make such a file system, and whether it answers is up to that
/// user, long after the file was found.
///
/// Thread-safe. Forgets what was used least when the budget is reached.
public final class BinaryLocations {
    /// Heap of an entry, without the names.
    private static final int ENTRY_BYTES = 700;

    private static final Duration DEADLINE = Duration.ofSeconds(1);

    private final Cache<BuildId, Location> files;
    private final HostFileThreads threads;
    private volatile Consumer<BuildId> listener = buildId -> {};

    /// A file as it was when it was opened.
    ///
    /// @param path that this service had it by; empty where the kernel gave none
    /// @param pid of the process whose mapping led to it, or 0
    /// @param mapping as that process has it
    record Location(FileIdentity identity, PathName path, int pid, FileMapping mapping) {
        Location {
            requireNonNull(identity, "identity");
            requireNonNull(path, "path");
            requireNonNull(mapping, "mapping");
        }

        private int bytes() {
            return ENTRY_BYTES + path.length() + 2 * mapping.path().length();
        }

        /// Returns the paths that may lead to it, from that which outlives the process to that which needs its
        /// mapping: a process may have another root than this service, or a file that is no longer linked.
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

    /// @param maxBytes heap to use at most, roughly
    /// @param threads that look for files; stay the caller's
    public BinaryLocations(long maxBytes, HostFileThreads threads) {
        this.threads = threads;
        this.files = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((BuildId buildId, Location file) -> file.bytes())
                .build();
    }

    /// Has `listener` told of each build-id of which a file was opened and none was known. One listener; it is
    /// called on the thread of a look-up and must not wait.
    public void listen(Consumer<BuildId> listener) {
        this.listener = listener;
    }

    /// Remembers a file, in place of an earlier one of its build-id.
    void add(BuildId buildId, Location file) {
        if (files.asMap().put(buildId.unpadded(), file) == null) {
            listener.accept(buildId);
        }
    }

    /// Finds the file of a build-id again. Waits a second at most for its file system.
    ///
    /// @return a path that leads to it now; empty where none is known, or it is gone, changed, or not to be reached
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

    /// Empty where Java cannot say the path in this process's locale.
    private static Optional<Path> asPath(byte[] path) {
        try {
            return Optional.of(Path.of(new String(path, UTF_8)))
                    .filter(same -> Arrays.equals(same.toString().getBytes(UTF_8), path));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
