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
/// What is held was checked when it came: it is ELF, its own build-id is the one it is held under, or its
/// htlhash where it has none, it has what its kind is for. Every file is found by its htlhash too. Of files that agree
/// a better one replaces a worse one, and of two that are equally
/// good the first stays. Of files that contradict one another, the more trusted one counts ([Trust]), and
/// the first of the same trust. When room is needed, what was read longest ago goes first, never what is
/// being read, and uploads only if [StoreLimits#uploads] says so. Files of binaries that were seen in
/// stacks within [#RECENTLY] go after all others: upstreams forget files, so that a download may be the
/// last copy.
///
/// A process that is killed at any moment leaves the state before or after each change, and nothing that the next
/// start does not remove. What [IncomingFile#finish] says is kept is on disk, its folders included.
///
/// Thread-safe. Changes to what is held wait for one another; bytes arrive, and readers come and go, meanwhile.
public final class ArtifactStore implements AutoCloseable {
    /// How long a binary that was seen in stacks has its files evicted last. Arch Linux's server forgets
    /// files after about a month (November 2026).
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

    /// What the store asks of the world.
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

    /// Opens the store in a folder, which is made if need be, and mends what a killed process has left there.
    ///
    /// @param folder the store's alone
    /// @throws IOException also where another store has the folder open
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

    /// Begins to take a file of unknown length.
    public IncomingFile receive(BuildId buildId, ArtifactKind kind, Origin origin) throws IOException {
        return new IncomingFile(this, new ArtifactKey(buildId, kind), origin, IncomingFile.UNKNOWN_LENGTH);
    }

    /// Begins to take a file whose length is announced; [IncomingFile#flow] says at once whether there is room for it.
    ///
    /// @param length bytes, 0 or more; neither more nor fewer will be taken
    public IncomingFile receive(BuildId buildId, ArtifactKind kind, Origin origin, long length) throws IOException {
        if (length < 0) {
            throw new IllegalArgumentException(length + " bytes");
        }
        return new IncomingFile(this, new ArtifactKey(buildId, kind), origin, length);
    }

    /// Returns what is held of a build-id, by kind in their order. For an htlhash, returns what is held under it,
    /// or else the most trusted of the files that have this hash.
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

    /// Opens a file for reading, which counts as a use; empty where there is none.
    ///
    /// A file that is gone from the disk is held no longer. Where size, time or inode of a file are not what
    /// they were, all of its bytes are read, while others that open it wait; if they do not have their
    /// digest, it is dropped, which [#damages] says.
    public Optional<Lease> lease(BuildId buildId, ArtifactKind kind) throws IOException {
        return catalog.lease(new ArtifactKey(buildId, kind), now());
    }

    /// Returns what is held of a build-id and kind, after a check as by [#lease]; counts as no use.
    public Optional<HeldArtifact> sound(BuildId buildId, ArtifactKind kind) throws IOException {
        return catalog.sound(new ArtifactKey(buildId, kind), now());
    }

    /// Forgets a file, uploads too; whether there was one. Who reads it reads on.
    public boolean remove(BuildId buildId, ArtifactKind kind) throws IOException {
        return catalog.remove(new ArtifactKey(buildId, kind));
    }

    /// What was found when the store was opened.
    public OpenReport report() {
        return report;
    }

    public StoreUsage usage() {
        return new StoreUsage(catalog.size(), budget.taken(), catalog.evictedOthers(), catalog.evictedSeen());
    }

    /// Files that are held and came from upstreams.
    ///
    /// @param files all of them
    /// @param seen those whose binary was seen in stacks within [#RECENTLY]
    public record Downloads(int files, int seen) {}

    /// Counts the downloads, which looks at each file that is held.
    public Downloads downloads() {
        return catalog.downloads();
    }

    /// Has files of binaries that were seen in stacks within [#RECENTLY] evicted after all others.
    ///
    /// @param lastSeen returns the last time at which a binary was seen, by any form of its build-id; empty
    ///     if it never was. Called for many build-ids in a row while changes of the store wait, on any
    ///     thread
    public void seenBy(Function<BuildId, Optional<Instant>> lastSeen) {
        catalog.seenBy(lastSeen);
    }

    /// Writes down the uses not written yet, and lets another store have the folder. Leases stay good until then.
    @Override
    public void close() throws IOException {
        try {
            catalog.writeUses();
        } finally {
            folderLock.close();
        }
    }

    /// Lets somebody else's files count against the quota and the free space of this store.
    ///
    /// @param files asked for what can go when room is needed
    public QuotaShare quotaShare(EvictableFiles files) {
        catalog.join(files);
        return new QuotaShare(catalog, budget);
    }

    /// Lets files go before all others of the store and its tenants when space is needed. They count by
    /// themselves.
    ///
    /// @param files asked for what can go; one at most
    public void goFirst(EvictableFiles files) {
        catalog.goFirst(files);
    }

    /// Scratch space for the files of a binary that is being opened, in the store or outside.
    public BinaryScratch scratch() {
        return new BinaryScratch(scratch);
    }

    /// Bytes of scratch space that open binaries take.
    public long scratchBytes() {
        return scratch.bytes();
    }

    /// Has what is offered compared with files outside the store too.
    public void compareWith(TrustedFiles files) {
        trusted = files;
    }

    TrustedFiles trusted() {
        return trusted;
    }

    /// Files that were dropped because their bytes had changed.
    public Damages damages() {
        return catalog.damages();
    }

    /// What did not agree with what counts.
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

    /// A full disk is an answer; every other failure is thrown on.
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
    /// @param recovered of them whose records were broken and were made anew
    /// @param dropped records that were broken, with no file to make them from
    /// @param swept files that no record spoke of, removed
    public record OpenReport(int artifacts, int recovered, int dropped, int swept) {}

    /// Files outside a store that are trusted more than any of the store's. Thread-safe.
    public interface TrustedFiles {
        TrustedFiles NONE = buildId -> List.of();

        /// Returns the layouts of those of a build-id, the one that counts most first. May read files.
        List<Layout> of(BuildId buildId);
    }
}
