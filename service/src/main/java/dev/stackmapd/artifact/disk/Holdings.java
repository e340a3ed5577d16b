package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// The stored files of a store, and every change to which they are.
///
/// Locks are taken in the order `changes`, then a tenant's own, then an [Entry]'s or the [Space]'s; the last two wait
/// for nothing. Thread-safe.
final class Holdings {
    private final Disk disk;
    private final Space space;
    private final StoreLimits limits;
    private final Map<ArtifactKey, Entry> entries = new ConcurrentHashMap<>(); // changed by the holder of `changes`
    private final List<Tenant> tenants = new CopyOnWriteArrayList<>();
    private final ReentrantLock changes = new ReentrantLock();
    private final AtomicLong evicted = new AtomicLong();

    Holdings(Disk disk, Space space, StoreLimits limits) {
        this.disk = disk;
        this.space = space;
        this.limits = limits;
    }

    /// What lies on disk when the store is opened.
    void found(Entry entry) {
        entries.put(entry.artifact().key(), entry);
        space.add(entry.cost());
    }

    void join(Tenant tenant) {
        tenants.add(tenant);
    }

    int size() {
        return entries.size();
    }

    /// Since the store was opened.
    long evicted() {
        return evicted.get();
    }

    Optional<HeldArtifact> get(ArtifactKey key) {
        return Optional.ofNullable(entries.get(key)).map(Entry::artifact);
    }

    Optional<Lease> lease(ArtifactKey key, Instant now) throws IOException {
        while (true) {
            Entry entry = entries.get(key);
            if (entry == null) {
                return Optional.empty();
            }
            if (!disk.isThere(entry.record())) {
                remove(key, entry);
            } else if (entry.enter(now)) {
                noteUse(entry);
                return Optional.of(new Lease(
                        entry.artifact(), disk.content(key.buildId(), entry.content()), () -> leave(entry, key)));
            } else {
                return leaseAfterChange(key, now);
            }
        }
    }

    /// Takes room for bytes to be written, evicting what is needed; 0, or how many bytes could not be freed.
    long makeRoom(long bytes, Need need) throws IOException {
        if (space.take(bytes)) {
            return 0;
        }
        changes.lock();
        try {
            while (!space.take(bytes)) {
                long missing = space.missing(bytes);
                if (missing > 0 && !evict(missing, need)) {
                    return missing;
                }
            }
            return 0;
        } finally {
            changes.unlock();
        }
    }

    /// Returns what contradicts a file that is offered, among those that count as much or more.
    ///
    /// @param trusted layouts of files outside that count more than all here
    Optional<String> contradiction(HeldArtifact offered, List<Layout> trusted) {
        boolean same = get(offered.key())
                .filter(held -> held.sha256().equals(offered.sha256()))
                .isPresent();
        return same ? Optional.empty() : agreement(offered, trusted).contradiction(offered.layout());
    }

    /// The files that the offered one must agree with.
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

    /// Returns 0 or less where a file of this size would fit after everything had gone that may go for it; otherwise
    /// how many bytes are missing now. The method takes and evicts nothing.
    long lacking(long bytes, Need need) throws IOException {
        long missing = space.missing(bytes);
        if (missing <= 0) {
            return 0;
        }
        changes.lock();
        try {
            long spare = candidates(need).stream().mapToLong(Candidate::bytes).sum();
            return spare >= missing ? 0 : missing;
        } finally {
            changes.unlock();
        }
    }

    /// Decides about a file that is complete, sound and on disk.
    ///
    /// @param room that was taken for it
    /// @param trusted layouts of files outside that count more than all here
    Reception accept(HeldArtifact offered, Path arrived, Room room, List<Layout> trusted) throws IOException {
        changes.lock();
        try {
            Entry old = entries.get(offered.key());
            if (old != null && !disk.isThere(old.record())) {
                remove(offered.key(), old);
                old = null;
            }
            Optional<String> contradiction = contradiction(offered, trusted);
            if (contradiction.isPresent()) {
                return new Reception.Contradicts(offered, contradiction.get());
            }
            if (old == null) {
                publish(offered, Keeping.of(offered.origin()), arrived, room);
                return new Reception.Stored(offered);
            }
            HeldArtifact held = old.artifact();
            if (held.sha256().equals(offered.sha256())) {
                return new Reception.AlreadyThere(confirm(old, offered.origin()));
            }
            Optional<String> overruled = overruled(held, offered, trusted);
            if (overruled.isPresent()) {
                publish(offered, Keeping.of(offered.origin()), arrived, room);
                return new Reception.Overruled(offered, held, overruled.get());
            }
            if (!offered.quality().isBetterThan(held.quality())) {
                return new Reception.Worse(held, offered.quality());
            }
            publish(offered, old.keeping().and(Keeping.of(offered.origin())), arrived, room);
            return new Reception.Replaced(offered, held);
        } finally {
            changes.unlock();
        }
    }

    /// Returns what of a held file contradicts what counts more, the offered file included.
    private Optional<String> overruled(HeldArtifact held, HeldArtifact offered, List<Layout> trusted) {
        Agreement agreement = agreement(offered, trusted);
        agreement.admit(offered.layout(), offered.name());
        return agreement.contradiction(held.layout());
    }

    /// Whether there was one.
    boolean remove(ArtifactKey key) throws IOException {
        Entry entry = entries.get(key);
        return entry != null && remove(key, entry);
    }

    /// Writes down the uses that are not written yet.
    void writeUses() throws IOException {
        changes.lock();
        try {
            for (Entry entry : entries.values()) {
                if (entry.isStale(Duration.ZERO)) {
                    write(entry);
                }
            }
        } finally {
            changes.unlock();
        }
    }

    /// What was fetched and is now uploaded too is an upload from now on.
    private HeldArtifact confirm(Entry held, Origin origin) throws IOException {
        if (origin instanceof Origin.Upload && !(held.artifact().origin() instanceof Origin.Upload)) {
            held.from(origin);
            write(held);
            disk.forceRecord(held.artifact().buildId());
        }
        return held.artifact();
    }

    private void publish(HeldArtifact artifact, Keeping keeping, Path arrived, Room room) throws IOException {
        ArtifactKey key = artifact.key();
        Entry entry = new Entry(new ArtifactRecord(artifact, disk.newName(key.kind(), artifact.sha256()), keeping));
        try {
            disk.place(arrived, key.buildId(), entry.content());
            disk.write(entry.record());
        } catch (IOException e) {
            disk.removeContent(key.buildId(), entry.content());
            disk.removeIfEmpty(key.buildId());
            throw e;
        }
        room.handOver(entry.cost());
        Entry before = entries.put(key, entry);
        disk.forceRecord(key.buildId());
        if (before != null && before.retire()) {
            removeContent(before, key);
        }
    }

    /// @param rank those of a lower one go first
    private record Candidate(int rank, Instant used, long bytes, Eviction eviction) {}

    private interface Eviction {
        void run() throws IOException;
    }

    /// Removes what is needed least until so many bytes are free; nothing where that many cannot be freed.
    private boolean evict(long bytes, Need need) throws IOException {
        List<Candidate> candidates = candidates(need);
        if (candidates.stream().mapToLong(Candidate::bytes).sum() < bytes) {
            return false;
        }
        long freed = 0;
        for (Candidate candidate : candidates) {
            if (freed >= bytes) {
                break;
            }
            candidate.eviction().run();
            freed += candidate.bytes();
        }
        return true;
    }

    private List<Candidate> candidates(Need need) {
        List<Candidate> candidates = new ArrayList<>();
        for (Tenant tenant : tenants) {
            for (Tenant.Spare spare : tenant.spares()) {
                candidates.add(new Candidate(0, spare.used(), spare.bytes(), spare::giveUp));
            }
        }
        entries.forEach((key, entry) -> {
            if (!entry.inUse()) {
                need.rank(key, entry.keeping(), limits.uploads())
                        .ifPresent(rank -> candidates.add(
                                new Candidate(rank, entry.artifact().used(), entry.cost(), () -> evict(key, entry))));
            }
        });
        candidates.sort(Comparator.comparingInt(Candidate::rank).thenComparing(Candidate::used));
        return candidates;
    }

    private void evict(ArtifactKey key, Entry entry) throws IOException {
        if (!entry.retireIfIdle()) {
            return;
        }
        try {
            disk.removeRecord(key);
        } catch (IOException e) {
            entry.revive();
            throw e;
        }
        entries.remove(key);
        evicted.incrementAndGet();
        removeContent(entry, key);
        disk.removeIfEmpty(key.buildId());
    }

    /// Whether it was still held.
    private boolean remove(ArtifactKey key, Entry entry) throws IOException {
        changes.lock();
        try {
            if (entries.get(key) != entry) {
                return false;
            }
            disk.removeRecord(key);
            entries.remove(key);
            if (entry.retire()) {
                removeContent(entry, key);
                disk.removeIfEmpty(key.buildId());
            }
            return true;
        } finally {
            changes.unlock();
        }
    }

    private void leave(Entry entry, ArtifactKey key) {
        if (entry.leave()) {
            removeContent(entry, key);
        }
    }

    /// Bytes that cannot be removed go on counting, and go at the next start.
    private void removeContent(Entry entry, ArtifactKey key) {
        try {
            disk.removeContent(key.buildId(), entry.content());
            space.free(entry.cost());
        } catch (IOException e) {
            // No record speaks of them: they are found again when the store is opened.
        }
    }

    /// An entry that is retired and still listed is on its way out: who holds `changes` meets none.
    private Optional<Lease> leaseAfterChange(ArtifactKey key, Instant now) throws IOException {
        changes.lock();
        try {
            return lease(key, now);
        } finally {
            changes.unlock();
        }
    }

    /// Readers wait neither for changes nor for a disk that cannot be written to: a later use writes it down.
    private void noteUse(Entry entry) {
        if (!entry.isStale(limits.useInterval()) || !changes.tryLock()) {
            return;
        }
        try {
            if (entries.get(entry.artifact().key()) == entry) {
                write(entry);
            }
        } catch (IOException e) {
            // The use counts in memory; only a restart forgets it.
        } finally {
            changes.unlock();
        }
    }

    private void write(Entry entry) throws IOException {
        ArtifactRecord record = entry.record();
        disk.write(record);
        entry.recordWritten(record.artifact());
    }
}
