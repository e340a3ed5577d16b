package dev.stackmapd.artifact.disk;

import dev.stackmapd.artifact.disk.ArtifactRecord.Replaceability;
import dev.stackmapd.artifact.disk.ArtifactRecord.Verification;
import dev.stackmapd.artifact.disk.Damage.Noticed;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Layout;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The catalog of a store: which files it has, and every change to that.
///
/// Lock order: `changes`, then the locks of [EvictableFiles], then those of a [CatalogEntry] or the
/// [DiskBudget], under which nothing blocks. [CatalogEntry#comparison] is acquired before all of them,
/// and held while a file is read. Thread-safe.
final class Catalog {
    private final Disk disk;
    private final DiskBudget budget;
    private final StoreLimits limits;
    private final Map<ArtifactKey, CatalogEntry> entries =
            new ConcurrentHashMap<>(); // changed by the holder of `changes`
    /// The most trusted one of the entries with the same htlhash.
    private final Map<BuildId, CatalogEntry> byHtlhash =
            new ConcurrentHashMap<>(); // changed by the holder of `changes`
    private final ReentrantLock changes = new ReentrantLock();
    private final Damages damages = new Damages();
    private final Evictions evictions;

    Catalog(Disk disk, DiskBudget budget, StoreLimits limits, InstantSource clock) {
        this.disk = disk;
        this.budget = budget;
        this.limits = limits;
        this.evictions = new Evictions(limits, clock);
    }

    /// Adds an entry that was found on disk when the store was opened.
    void found(CatalogEntry entry) {
        var _ = list(entry);
        budget.add(entry.cost());
    }

    /// @return the entry that it replaces
    private Optional<CatalogEntry> list(CatalogEntry entry) {
        Optional<CatalogEntry> before =
                Optional.ofNullable(entries.put(entry.artifact().key(), entry));
        before.ifPresent(this::dropHash);
        addHash(entry);
        return before;
    }

    private void addHash(CatalogEntry entry) {
        byHtlhash.merge(
                entry.artifact().htlhash(),
                entry,
                (known, other) -> HeldArtifact.MOST_TRUSTED_FIRST.compare(known.artifact(), other.artifact()) <= 0
                        ? known
                        : other);
    }

    private void unlist(ArtifactKey key, CatalogEntry entry) {
        entries.remove(key);
        dropHash(entry);
    }

    /// Removes an entry from the index by htlhash. The same file may be held as another kind, which then
    /// replaces it there.
    private void dropHash(CatalogEntry gone) {
        BuildId htlhash = gone.artifact().htlhash();
        if (!byHtlhash.remove(htlhash, gone)) {
            return;
        }
        for (ArtifactKind kind : ArtifactKind.values()) {
            CatalogEntry other = entries.get(new ArtifactKey(gone.artifact().buildId(), kind));
            if (other != null && other.artifact().htlhash().equals(htlhash)) {
                addHash(other);
            }
        }
    }

    Optional<HeldArtifact> byHtlhash(BuildId htlhash) {
        return Optional.ofNullable(byHtlhash.get(htlhash)).map(CatalogEntry::artifact);
    }

    int size() {
        return entries.size();
    }

    /// Counts the downloads, in a pass over all entries.
    ArtifactStore.Downloads downloads() {
        Instant now = evictions.now();
        int files = 0;
        int seen = 0;
        for (CatalogEntry entry : entries.values()) {
            if (entry.artifact().origin() instanceof Origin.Debuginfod) {
                files++;
                seen += evictions.isSeen(entry.artifact(), now) ? 1 : 0;
            }
        }
        return new ArtifactStore.Downloads(files, seen);
    }

    /// Returns what may be evicted, and in which order.
    Evictions evictions() {
        return evictions;
    }

    Damages damages() {
        return damages;
    }

    Optional<HeldArtifact> get(ArtifactKey key) {
        return Optional.ofNullable(entries.get(key)).map(CatalogEntry::artifact);
    }

    /// Opens a file if its bytes are unchanged; compares them with their digest if the state of the file
    /// has changed.
    Optional<Lease> lease(ArtifactKey key, Instant now) throws IOException {
        for (CatalogEntry entry = entries.get(key); entry != null; entry = settled(key)) {
            if (isSound(entry, now) && entry.enter(now)) {
                noteUse(entry);
                Path path = disk.content(key.buildId(), entry.content());
                CatalogEntry entered = entry;
                return Optional.of(new Lease(entered, path, () -> leave(entered, key)));
            }
        }
        return Optional.empty();
    }

    /// Returns the entry after the running change, if any, has ended, so that it is not a retired one.
    private @Nullable CatalogEntry settled(ArtifactKey key) {
        changes.lock();
        try {
            return entries.get(key);
        } finally {
            changes.unlock();
        }
    }

    /// Returns the file if its bytes are unchanged, after the same check as [#lease]. Does not count as
    /// a use.
    Optional<HeldArtifact> sound(ArtifactKey key, Instant now) throws IOException {
        CatalogEntry entry = entries.get(key);
        return entry != null && isSound(entry, now) ? Optional.of(entry.artifact()) : Optional.empty();
    }

    /// Drops the files of a build-id whose bytes have changed, so that no other file is compared with
    /// them; files with only a new timestamp stay.
    void check(BuildId buildId, Instant now) throws IOException {
        for (ArtifactKind kind : ArtifactKind.values()) {
            var _ = sound(new ArtifactKey(buildId, kind), now);
        }
    }

    /// Returns false if the file is damaged, which drops it, or was replaced meanwhile.
    private boolean isSound(CatalogEntry entry, Instant now) throws IOException {
        if (disk.isUnchanged(entry.record())) {
            return true;
        }
        entry.comparison().lock();
        try {
            return disk.isUnchanged(entry.record()) || compare(entry, Noticed.OPEN, Digests::sha256, now);
        } catch (InterruptedException e) {
            throw new IllegalStateException("computing a digest does not block", e);
        } finally {
            entry.comparison().unlock();
        }
    }

    /// Compares the bytes on the disk with their digest, and drops the file if they differ.
    ///
    /// @throws IOException if the file cannot be opened, or the thread was interrupted
    void scrub(CatalogEntry entry, ReadRateLimiter limiter, Instant now) throws IOException, InterruptedException {
        var _ = compare(entry, Noticed.SCRUB, path -> Digests.sha256OnDisk(path, limiter), now);
    }

    private interface Digest {
        String of(Path path) throws IOException, InterruptedException;
    }

    /// Returns true if the bytes have their digest; drops the file otherwise.
    private boolean compare(CatalogEntry entry, Noticed noticed, Digest digest, Instant now)
            throws IOException, InterruptedException {
        HeldArtifact artifact = entry.artifact();
        Optional<FileState> state = disk.state(artifact.buildId(), entry.content());
        Optional<String> why = state.isEmpty()
                ? Optional.of("the file does not exist on the disk any more")
                : difference(entry, state.get(), digest);
        if (why.isPresent()) {
            drop(entry, new Damage(artifact, now, why.get(), noticed));
            return false;
        }
        entry.verified(new Verification(state.get(), now));
        writeIfHeld(entry);
        return true;
    }

    private Optional<String> difference(CatalogEntry entry, FileState state, Digest digest)
            throws IOException, InterruptedException {
        HeldArtifact artifact = entry.artifact();
        if (state.size() != artifact.size()) {
            return Optional.of("the file has %d bytes instead of %d".formatted(state.size(), artifact.size()));
        }
        try {
            return digest.of(disk.content(artifact.buildId(), entry.content())).equals(artifact.sha256())
                    ? Optional.empty()
                    : Optional.of("the bytes do not have their SHA-256 any more");
        } catch (FileSystemException | ClosedChannelException e) {
            // The file could not be opened, or this thread was interrupted: the bytes may be intact.
            throw e;
        } catch (IOException e) {
            return Optional.of("the disk cannot read the bytes any more");
        }
    }

    private void drop(CatalogEntry entry, Damage damage) throws IOException {
        if (remove(damage.artifact().key(), entry)) {
            entry.damaged();
            damages.happened(damage);
        }
    }

    /// Returns up to `limit` files whose last verification was before a time, the oldest one first.
    List<CatalogEntry> dueBefore(Instant time, int limit) {
        return entries.values().stream()
                .filter(entry -> entry.verified().at().isBefore(time))
                .sorted(Comparator.comparing(entry -> entry.verified().at()))
                .limit(limit)
                .toList();
    }

    /// Reserves space for bytes to be written, and evicts files for it; returns 0, or how many bytes
    /// could not be freed.
    long reserve(long bytes, EvictionPolicy policy) throws IOException {
        if (budget.take(bytes)) {
            return 0;
        }
        changes.lock();
        try {
            while (!budget.take(bytes)) {
                long missing = budget.missing(bytes);
                if (missing > 0 && !evict(missing, policy)) {
                    return missing;
                }
            }
            return 0;
        } finally {
            changes.unlock();
        }
    }

    /// Returns the contradiction between an offered file and those that are trusted as much or more.
    ///
    /// @param trusted the layouts of files outside the store that are trusted more than all files of the
    ///     store
    Optional<String> contradiction(HeldArtifact offered, List<Layout> trusted) {
        boolean same = get(offered.key())
                .filter(held -> held.sha256().equals(offered.sha256()))
                .isPresent();
        return same ? Optional.empty() : agreement(offered, trusted).contradiction(offered.layout());
    }

    /// Returns the files that the offered one must agree with.
    private Agreement agreement(HeldArtifact offered, List<Layout> trusted) {
        Agreement agreement = new Agreement();
        for (Layout layout : trusted) {
            agreement.admit(layout, "a file of the operator's folders");
        }
        Arrays.stream(ArtifactKind.values())
                .flatMap(kind -> get(new ArtifactKey(offered.buildId(), kind)).stream())
                .filter(held -> !offered.trust().outranks(held.trust()))
                .sorted(HeldArtifact.MOST_TRUSTED_FIRST)
                .forEach(held -> agreement.admit(held.layout(), held.name()));
        return agreement;
    }

    /// Returns 0 or less if a file of this size would fit after all permitted evictions; otherwise how
    /// many bytes are missing now. Reserves and evicts nothing.
    long shortfall(long bytes, EvictionPolicy policy) throws IOException {
        long missing = budget.missing(bytes);
        if (missing <= 0) {
            return 0;
        }
        changes.lock();
        try {
            long candidate = evictions.candidates(policy, entries, this::evict).stream()
                    .mapToLong(Evictions.Candidate::bytes)
                    .sum();
            return candidate >= missing ? 0 : missing;
        } finally {
            changes.unlock();
        }
    }

    /// Decides whether a complete, sound and durable file is kept, and adds it to the catalog if so.
    ///
    /// @param reservation of the file
    /// @param trusted the layouts of files outside the store that are trusted more than all files of the
    ///     store
    ReceiveResult accept(HeldArtifact offered, Path arrived, SpaceReservation reservation, List<Layout> trusted)
            throws IOException {
        changes.lock();
        try {
            CatalogEntry old = entries.get(offered.key());
            if (old != null && !disk.isThere(old.record())) {
                remove(offered.key(), old);
                old = null;
            }
            Optional<String> contradiction = contradiction(offered, trusted);
            if (contradiction.isPresent()) {
                return new ReceiveResult.Contradicts(offered, contradiction.get());
            }
            if (old == null) {
                publish(offered, Replaceability.of(offered.origin()), arrived, reservation);
                return new ReceiveResult.Stored(offered);
            }
            HeldArtifact held = old.artifact();
            if (held.sha256().equals(offered.sha256())) {
                return new ReceiveResult.AlreadyThere(confirm(old, offered.origin()));
            }
            Optional<String> overruled = overruled(held, offered, trusted);
            if (overruled.isPresent()) {
                publish(offered, Replaceability.of(offered.origin()), arrived, reservation);
                return new ReceiveResult.Overruled(offered, held, overruled.get());
            }
            if (!offered.replaces(held)) {
                return new ReceiveResult.Worse(held, offered.quality());
            }
            publish(offered, old.replaceability().and(Replaceability.of(offered.origin())), arrived, reservation);
            return new ReceiveResult.Replaced(offered, held);
        } finally {
            changes.unlock();
        }
    }

    /// Returns the contradiction between a held file and those that are trusted more, the offered file
    /// included.
    private Optional<String> overruled(HeldArtifact held, HeldArtifact offered, List<Layout> trusted) {
        Agreement agreement = agreement(offered, trusted);
        agreement.admit(offered.layout(), offered.name());
        return agreement.contradiction(held.layout());
    }

    /// Returns true if there was such a file.
    boolean remove(ArtifactKey key) throws IOException {
        damages.forget(key);
        CatalogEntry entry = entries.get(key);
        return entry != null && remove(key, entry);
    }

    /// Persists the uses that are not written yet.
    void writeUses() throws IOException {
        changes.lock();
        try {
            for (CatalogEntry entry : entries.values()) {
                if (entry.isStale(Duration.ZERO)) {
                    write(entry);
                }
            }
        } finally {
            changes.unlock();
        }
    }

    /// Notes another origin of a held file: a fetched file that is uploaded too is kept like an upload
    /// from now on.
    private HeldArtifact confirm(CatalogEntry held, Origin origin) throws IOException {
        if (held.from(origin)) {
            write(held);
            disk.forceRecord(held.artifact().buildId());
        }
        return held.artifact();
    }

    private void publish(
            HeldArtifact artifact, Replaceability replaceability, Path arrived, SpaceReservation reservation)
            throws IOException {
        ArtifactKey key = artifact.key();
        ContentName name = disk.newName(key.kind(), artifact.sha256());
        CatalogEntry entry;
        try {
            disk.place(arrived, key.buildId(), name);
            FileState state = disk.state(key.buildId(), name)
                    .orElseThrow(() -> new IOException("a file that was just put into its place is not there"));
            entry = new CatalogEntry(
                    new ArtifactRecord(artifact, name, replaceability, new Verification(state, artifact.stored())));
            disk.write(entry.record());
        } catch (IOException e) {
            disk.removeContent(key.buildId(), name);
            disk.removeIfEmpty(key.buildId());
            throw e;
        }
        reservation.handOver(entry.cost());
        Optional<CatalogEntry> before = list(entry);
        damages.forget(key);
        disk.forceRecord(key.buildId());
        before.filter(replaced -> replaced.readers().retire()).ifPresent(retired -> removeContent(retired, key));
    }

    /// Evicts candidates in their order until `bytes` are free; evicts nothing and returns false if not
    /// enough can be freed.
    private boolean evict(long bytes, EvictionPolicy policy) throws IOException {
        List<Evictions.Candidate> candidates = evictions.candidates(policy, entries, this::evict);
        if (candidates.stream().mapToLong(Evictions.Candidate::bytes).sum() < bytes) {
            return false;
        }
        long freed = 0;
        for (Evictions.Candidate candidate : candidates) {
            if (freed >= bytes) {
                break;
            }
            candidate.eviction().run();
            freed += candidate.bytes();
        }
        return true;
    }

    /// Evicts a stored file and counts it, unless it has a reader by now.
    private void evict(ArtifactKey key, CatalogEntry entry, AtomicLong evicted) throws IOException {
        if (!entry.readers().retireIfIdle()) {
            return;
        }
        try {
            disk.removeRecord(key);
        } catch (IOException e) {
            entry.readers().revive();
            throw e;
        }
        unlist(key, entry);
        evicted.incrementAndGet();
        removeContent(entry, key);
        disk.removeIfEmpty(key.buildId());
    }

    /// Returns true if the entry was still held.
    private boolean remove(ArtifactKey key, CatalogEntry entry) throws IOException {
        changes.lock();
        try {
            if (entries.get(key) != entry) {
                return false;
            }
            disk.removeRecord(key);
            unlist(key, entry);
            if (entry.readers().retire()) {
                removeContent(entry, key);
                disk.removeIfEmpty(key.buildId());
            }
            return true;
        } finally {
            changes.unlock();
        }
    }

    private void leave(CatalogEntry entry, ArtifactKey key) {
        if (entry.readers().leave()) {
            removeContent(entry, key);
        }
    }

    /// Deletes the file. If that fails, its bytes continue to count, and the next start deletes it.
    private void removeContent(CatalogEntry entry, ArtifactKey key) {
        try {
            disk.removeContent(key.buildId(), entry.content());
            budget.free(entry.cost());
        } catch (IOException e) {
            // The file has no record: it is found again when the store is opened.
        }
    }

    /// Persists a use if the last persisted one is old. Readers wait neither for changes nor for a
    /// failing disk: a later use persists it.
    private void noteUse(CatalogEntry entry) {
        if (!entry.isStale(limits.useInterval()) || !changes.tryLock()) {
            return;
        }
        try {
            if (entries.get(entry.artifact().key()) == entry) {
                write(entry);
            }
        } catch (IOException e) {
            // The use is kept in memory; only a restart loses it.
        } finally {
            changes.unlock();
        }
    }

    /// Persists a verification. If that fails, the file is compared with its digest again after a
    /// restart.
    private void writeIfHeld(CatalogEntry entry) {
        changes.lock();
        try {
            if (entries.get(entry.artifact().key()) == entry) {
                write(entry);
            }
        } catch (IOException e) {
            // The verification is kept in memory.
        } finally {
            changes.unlock();
        }
    }

    private void write(CatalogEntry entry) throws IOException {
        ArtifactRecord record = entry.record();
        disk.write(record);
        entry.recordWritten(record.artifact());
    }
}
