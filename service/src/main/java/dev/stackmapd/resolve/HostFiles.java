package dev.stackmapd.resolve;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.resolve.linux.FailureDomain;
import dev.stackmapd.resolve.linux.FileCalls;
import dev.stackmapd.resolve.linux.HostFileThreads;
import dev.stackmapd.resolve.linux.PathWalk.Reader;
import dev.stackmapd.resolve.linux.RootDirectory;
import dev.stackmapd.stack.Frame;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// Finds the build-ids of files of this host that may be read. The service has one instance.
/// Thread-safe.
public final class HostFiles implements AutoCloseable {
    static final Resolution NOT_ALLOWED =
            new Resolution.Missing(Frame.Reason.UNREADABLE, "nothing was sent of it, and this service reads no files");

    private final FileAccess access;
    private final Caches caches;
    private final HostFileThreads threads;
    private final BatchFiles.Budget budget;
    private final List<RootDirectory> roots;
    private final LongAdder notLookedFor = new LongAdder();

    /// The caches that survive a batch.
    ///
    /// @param buildIds of every state of a file
    /// @param recent resolutions of mapped files
    /// @param opened locations of files with a build-id
    public record Caches(BuildIdCache buildIds, ResolutionCache recent, BinaryLocations opened) {
        public Caches {
            requireNonNull(buildIds, "buildIds");
            requireNonNull(recent, "recent");
            requireNonNull(opened, "opened");
        }
    }

    /// @param threads run the look-ups; the caller closes them
    public HostFiles(FileAccess access, Caches caches, HostFileThreads threads, BatchFiles.Budget budget) {
        this.access = access;
        this.caches = caches;
        this.threads = threads;
        this.budget = budget;
        this.roots = directories(access).stream().map(RootDirectory::new).toList();
        if (!(access instanceof FileAccess.None)) {
            FileCalls.link();
        }
    }

    /// Returns a view for one batch.
    public BatchFiles batch() {
        return new BatchFiles(this, budget);
    }

    /// Returns the number of look-ups that were skipped since the start, because of a budget or an
    /// unresponsive file system.
    public long notLookedFor() {
        return notLookedFor.sum();
    }

    /// Returns the resolution of a file if it is known without access to the file system, otherwise
    /// empty.
    Optional<Resolution> known(MappedFile file, ProcessFiles process, BuildIdProfile profile) {
        return switch (access) {
            case FileAccess.None _ -> Optional.of(NOT_ALLOWED);
            case FileAccess.Proc _ when process.pid() == 0 && roots.isEmpty() -> Optional.of(FileSearch.NO_PID);
            case FileAccess.Proc _, FileAccess.Roots _ -> caches.recent().get(process.pid(), file, profile);
        };
    }

    /// Looks up a file on one of the threads, and waits for it.
    ///
    /// @return empty if the file system does not respond in time
    Optional<Resolution> lookUp(
            FileMapping mapping,
            ProcessFiles process,
            BuildIdProfile profile,
            LiveMappings mappings,
            Duration deadline) {
        FailureDomain first = access instanceof FileAccess.Proc && process.pid() != 0
                ? FailureDomain.ofProcess(process.pid())
                : roots.getFirst().failureDomain();
        Optional<Resolution> found =
                threads.call(first, deadline, call -> find(call, mapping, process, profile, mappings));
        found.ifPresent(answer -> caches.recent().put(process.pid(), mapping.file(), profile, answer));
        return found;
    }

    private Resolution find(
            HostFileThreads.TrackedCall call,
            FileMapping mapping,
            ProcessFiles process,
            BuildIdProfile profile,
            LiveMappings mappings) {
        try (FileCalls calls = new FileCalls()) {
            FileSearch search = new FileSearch(calls, call, caches, mapping, process.pid(), profile);
            return switch (access) {
                case FileAccess.None _ -> NOT_ALLOWED;
                case FileAccess.Roots _ -> search.below(roots, Reader.ENTITLED);
                case FileAccess.Proc _ ->
                    search.ofProcess(process.mappings(), mappings)
                            .orElse(() ->
                                    roots.isEmpty() ? search.belowSharedRoot() : search.below(roots, Reader.ANY_USER));
            };
        }
    }

    void countNotLookedFor() {
        notLookedFor.increment();
    }

    /// Closes the root directories. No translation may be running or follow. While threads are lost, the
    /// directories stay open, because such a thread may still use them.
    @Override
    public void close() {
        if (threads.lost() == 0) {
            roots.forEach(RootDirectory::close);
        }
    }

    private static List<Path> directories(FileAccess access) {
        return switch (access) {
            case FileAccess.None _ -> List.of();
            case FileAccess.Proc proc -> proc.fallbackRoots();
            case FileAccess.Roots directories -> directories.directories();
        };
    }
}
