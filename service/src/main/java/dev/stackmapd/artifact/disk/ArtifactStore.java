package dev.stackmapd.artifact.disk;

import dev.stackmapd.artifact.disk.Disk.CrashPoint;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Layout;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Binaries and debug files on disk, at most one for each build-id and kind, within a quota.
///
/// Every file was checked when it was received: it is ELF, its own build-id (its htlhash if it has none)
/// is the key, and it has the contents of its kind. Every file is found by its htlhash too. If two files
/// agree, the better one is kept, and of two equally good ones the first. If they contradict one
/// another, the more trusted one is kept ([Trust]), and the first one of the same trust. Eviction
/// removes the least recently read files first, never a file that is being read, and uploads only if
/// [StoreLimits#uploads] allows it. Files of binaries that were seen in stacks within [#RECENTLY] are
/// evicted after all others: upstreams drop files, so that a download may be the last copy.
///
/// A process that is killed at any moment leaves the state before or after each change, and only such
/// temporary files as the next start removes. When [IncomingFile#finish] returns a result that means
/// "kept", the file is durable, its folders included.
///
/// Thread-safe. Changes of the catalog are serialized; receiving and reading files does not wait for
/// them.
public final class ArtifactStore implements AutoCloseable {
    /// The time after the last sighting of a binary in stacks during which its files are evicted last.
    /// Arch Linux's server removes files after about a month (November 2026).
    public static final Duration RECENTLY = Duration.ofDays(30);

    private final Disk disk;
    private final DiskBudget budget;
    private final Catalog catalog;
    private final ScratchDisk scratch;
    private final StoreLimits limits;
    private final ParseLimits parseLimits;
    private final InstantSource clock;
    private final FolderLock folderLock;
    private final OpenReport report;
    private final Conflicts conflicts = new Conflicts();
    private volatile TrustedFiles trusted = TrustedFiles.NONE;

    private ArtifactStore(
            Path folder, FolderLock folderLock, StoreLimits limits, ParseLimits parseLimits, Outside outside)
            throws IOException {
        this.folderLock = folderLock;
        this.limits = limits;
        this.parseLimits = parseLimits;
        this.clock = outside.clock();
        this.budget = new DiskBudget(limits, outside.fileSystem());
        this.disk = new Disk(folder, outside.steps());
        StoreRecovery sweep = new StoreRecovery(disk, parseLimits, now());
        sweep.run(folder);
        this.report = sweep.report();
        budget.add(sweep.otherBytes());
        this.catalog = new Catalog(disk, budget, limits, clock);
        sweep.found().forEach(catalog::found);
        this.scratch = new ScratchDisk(disk, catalog, budget);
    }

    /// The environment of the store, which tests replace.
    record Outside(CrashPoint.Listener steps, DiskBudget.FileSystem fileSystem, InstantSource clock) {
        static Outside of(Path folder) {
            // A FileStore needs the mount point of the folder, which is not visible in a chroot.
            File file = folder.toFile();
            return new Outside(
                    CrashPoint.Listener.NONE,
                    new DiskBudget.FileSystem() {
                        @Override
                        public long total() throws IOException {
                            long bytes = file.getTotalSpace();
                            if (bytes == 0) {
                                throw new IOException("the file system does not say its size");
                            }
                            return bytes;
                        }

                        @Override
                        public long usable() {
                            return file.getUsableSpace();
                        }
                    },
                    InstantSource.system());
        }
    }

    /// Opens the store in a folder, which it creates if necessary, and repairs the state that a killed
    /// process has left.
    ///
    /// @param folder used by this store only
    /// @throws IOException also if another store has the folder open
    public static ArtifactStore open(Path folder, StoreLimits limits, ParseLimits parseLimits) throws IOException {
        Files.createDirectories(folder);
        return open(folder, limits, parseLimits, Outside.of(folder));
    }

    static ArtifactStore open(Path folder, StoreLimits limits, ParseLimits parseLimits, Outside outside)
            throws IOException {
        Files.createDirectories(folder);
        FolderLock lock = FolderLock.take(folder);
        try {
            return new ArtifactStore(folder, lock, limits, parseLimits, outside);
        } catch (IOException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /// Starts to receive a file of unknown length.
    public IncomingFile receive(BuildId buildId, ArtifactKind kind, Origin origin) throws IOException {
        return new IncomingFile(this, new ArtifactKey(buildId, kind), origin, IncomingFile.UNKNOWN_LENGTH);
    }

    /// Starts to receive a file of a known length; [IncomingFile#flow] tells at once whether there is
    /// space for it.
    ///
    /// @param length the exact number of bytes, 0 or more
    public IncomingFile receive(BuildId buildId, ArtifactKind kind, Origin origin, long length) throws IOException {
        if (length < 0) {
            throw new IllegalArgumentException(length + " bytes");
        }
        return new IncomingFile(this, new ArtifactKey(buildId, kind), origin, length);
    }

    /// Returns the files of a build-id in the order of [ArtifactKind]. For an htlhash, returns the files
    /// that are held under it, or else the most trusted of the files that have this hash.
    public List<HeldArtifact> held(BuildId buildId) {
        List<HeldArtifact> held = new ArrayList<>(0);
        for (ArtifactKind kind : ArtifactKind.values()) {
            catalog.get(new ArtifactKey(buildId, kind)).ifPresent(held::add);
        }
        return held.isEmpty() ? byHtlhash(buildId).stream().toList() : held;
    }

    /// Returns the most trusted of the files that have an htlhash, whatever id they are held under.
    public Optional<HeldArtifact> byHtlhash(BuildId htlhash) {
        return catalog.byHtlhash(htlhash);
    }

    /// Opens a file for reading, which counts as a use; empty if there is no such file.
    ///
    /// A file that no longer exists on the disk is dropped. If size, time or inode of a file have
    /// changed, this method reads all of its bytes, while other threads that open it wait; if their
    /// digest has changed, the file is dropped and reported to [#damages].
    public Optional<Lease> lease(BuildId buildId, ArtifactKind kind) throws IOException {
        return catalog.lease(new ArtifactKey(buildId, kind), now());
    }

    /// Returns the file of a build-id and kind, after the same check as [#lease]; does not count as a
    /// use.
    public Optional<HeldArtifact> sound(BuildId buildId, ArtifactKind kind) throws IOException {
        return catalog.sound(new ArtifactKey(buildId, kind), now());
    }

    /// Removes a file, which may be an upload; returns true if there was one. Open leases stay valid.
    public boolean remove(BuildId buildId, ArtifactKind kind) throws IOException {
        return catalog.remove(new ArtifactKey(buildId, kind));
    }

    /// Returns what was found when the store was opened.
    public OpenReport report() {
        return report;
    }

    public StoreUsage usage() {
        return new StoreUsage(
                catalog.size(),
                budget.taken(),
                catalog.evictions().evictedOthers(),
                catalog.evictions().evictedSeen());
    }

    /// The stored files that were fetched from upstreams.
    ///
    /// @param files all of them
    /// @param seen those whose binary was seen in stacks within [#RECENTLY]
    public record Downloads(int files, int seen) {}

    /// Counts the downloads, in a pass over all stored files.
    public Downloads downloads() {
        return catalog.downloads();
    }

    /// Sets the function by which files of binaries that were seen in stacks within [#RECENTLY] are
    /// evicted after all others.
    ///
    /// @param lastSeen returns the last time at which a binary was seen, by any form of its build-id;
    ///     empty if it was never seen. Called for many build-ids in a row, on any thread, while changes
    ///     of the store wait
    public void seenBy(Function<BuildId, Optional<Instant>> lastSeen) {
        catalog.evictions().seenBy(lastSeen);
    }

    /// Persists the uses that are not written yet, and releases the folder. Leases must not be used
    /// afterwards.
    @Override
    public void close() throws IOException {
        try {
            catalog.writeUses();
        } finally {
            folderLock.close();
        }
    }

    /// Registers files outside the catalog, which count against the quota and the free space of this
    /// store.
    ///
    /// @param files asked for eviction candidates when space is needed
    public QuotaShare quotaShare(EvictableFiles files) {
        catalog.evictions().join(files);
        return new QuotaShare(catalog, budget);
    }

    /// Registers files that are evicted before all others. They already count against the quota.
    ///
    /// @param files replaces the files that were registered before
    public void goFirst(EvictableFiles files) {
        catalog.evictions().goFirst(files);
    }

    /// Returns scratch space for the files of a binary that is being opened, in the store or outside.
    public BinaryScratch scratch() {
        return new BinaryScratch(scratch);
    }

    /// Returns the bytes of scratch space that open binaries use.
    public long scratchBytes() {
        return scratch.bytes();
    }

    /// Sets files outside the store that received files are compared with too.
    public void compareWith(TrustedFiles files) {
        trusted = files;
    }

    TrustedFiles trusted() {
        return trusted;
    }

    /// Returns the files that were dropped because their bytes had changed.
    public Damages damages() {
        return catalog.damages();
    }

    /// Returns the files that contradicted a more trusted one.
    public Conflicts conflicts() {
        return conflicts;
    }

    StoreLimits limits() {
        return limits;
    }

    ParseLimits parseLimits() {
        return parseLimits;
    }

    Disk disk() {
        return disk;
    }

    DiskBudget budget() {
        return budget;
    }

    Catalog catalog() {
        return catalog;
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /// Converts a failed write to [ReceiveResult.NoSpace] if the disk is full; throws every other
    /// failure.
    ///
    /// @param bytes that were to be written
    ReceiveResult whenFull(long bytes, IOException failure) throws IOException {
        long usable = budget.usable();
        if (usable >= bytes) {
            throw failure;
        }
        return new ReceiveResult.NoSpace(bytes - usable);
    }

    /// What was found in a store's folder when it was opened.
    ///
    /// @param artifacts that are held
    /// @param recovered those of them whose records were damaged and were rebuilt from the file
    /// @param dropped damaged records that could not be rebuilt, because there was no file
    /// @param swept removed files without a record
    public record OpenReport(int artifacts, int recovered, int dropped, int swept) {}

    /// Files outside a store that are trusted more than any of the store's. Implementations are
    /// thread-safe.
    public interface TrustedFiles {
        TrustedFiles NONE = buildId -> List.of();

        /// Returns the layouts of the files of a build-id, the most trusted first. May read files.
        List<Layout> of(BuildId buildId);
    }
}
