package dev.stackmapd.artifact.disk;

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
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The stored files of a store, and every change to which they are.
///
/// Locks are taken in the order `changes`, then a tenant's own, then an [Entry]'s or the [Space]'s; the last
/// two wait for nothing. [Entry#comparison] is taken before all of them, and held while a file is read.
/// Thread-safe.
final class Holdings {
    private final Disk disk;
    private final Space space;
    private final StoreLimits limits;
    private final InstantSource clock;
    private final Map<ArtifactKey, Entry> entries = new ConcurrentHashMap<>(); // changed by the holder of `changes`
    /// Of the entries with the same htlhash the most trusted one.
    private final Map<BuildId, Entry> byHtlhash = new ConcurrentHashMap<>(); // changed by the holder of `changes`
    private final List<Tenant> tenants = new CopyOnWriteArrayList<>();
    private final ReentrantLock changes = new ReentrantLock();
    private final AtomicLong evictedSeen = new AtomicLong();
    private final AtomicLong evictedOthers = new AtomicLong();
    private final Damages damages = new Damages();
    private volatile Tenant firstToGo = List::of;
    private volatile Function<BuildId, Optional<Instant>> lastSeen = buildId -> Optional.empty();

    Holdings(Disk disk, Space space, StoreLimits limits, InstantSource clock) {
        this.disk = disk;
        this.space = space;
        this.limits = limits;
        this.clock = clock;
    }

    /// What lies on disk when the store is opened.
    void found(Entry entry) {
        var _ = list(entry);
        space.add(entry.cost());
    }

    /// @return the entry that it takes the place of
    private Optional<Entry> list(Entry entry) {
        Optional<Entry> before =
                Optional.ofNullable(entries.put(entry.artifact().key(), entry));
        before.ifPresent(this::dropHash);
        addHash(entry);
        return before;
    }

    private void addHash(Entry entry) {
        byHtlhash.merge(
                entry.artifact().htlhash(),
                entry,
                (known, other) -> HeldArtifact.MOST_TRUSTED_FIRST.compare(known.artifact(), other.artifact()) <= 0
                        ? known
                        : other);
    }

    private void unlist(ArtifactKey key, Entry entry) {
        entries.remove(key);
        dropHash(entry);
    }

    /// The same file may be held as another kind.
    private void dropHash(Entry gone) {
        BuildId htlhash = gone.artifact().htlhash();
        if (!byHtlhash.remove(htlhash, gone)) {
            return;
        }
        for (ArtifactKind kind : ArtifactKind.values()) {
            Entry other = entries.get(new ArtifactKey(gone.artifact().buildId(), kind));
            if (other != null && other.artifact().htlhash().equals(htlhash)) {
                addHash(other);
            }
        }
    }

    Optional<HeldArtifact> byHtlhash(BuildId htlhash) {
        return Optional.ofNullable(byHtlhash.get(htlhash)).map(Entry::artifact);
    }

    void join(Tenant tenant) {
        tenants.add(tenant);
    }

    /// Has the files of `tenant` go before all others.
    void goFirst(Tenant tenant) {
        firstToGo = tenant;
    }

    /// Has files go last whose binary was seen in stacks lately.
    void seenBy(Function<BuildId, Optional<Instant>> lastSeen) {
        this.lastSeen = lastSeen;
    }

    int size() {
        return entries.size();
    }

    /// The method looks at each file that is held.
    ArtifactStore.Downloads downloads() {
        Instant now = clock.instant();
        int files = 0;
        int seen = 0;
        for (Entry entry : entries.values()) {
            if (entry.artifact().origin() instanceof Origin.Debuginfod) {
                files++;
                seen += isSeen(entry.artifact(), now) ? 1 : 0;
            }
        }
        return new ArtifactStore.Downloads(files, seen);
    }

    /// Frames may have it by either of its ids.
    private boolean isSeen(HeldArtifact artifact, Instant now) {
        return Stream.of(artifact.buildId(), artifact.htlhash())
                .flatMap(id -> lastSeen.apply(id).stream())
                .anyMatch(now.minus(ArtifactStore.RECENTLY)::isBefore);
    }

    Damages damages() {
        return damages;
    }

    /// Files evicted since the store was opened, of binaries that had not been seen lately.
    long evictedOthers() {
        return evictedOthers.get();
    }

    /// Files evicted since the store was opened, of binaries that had been seen lately.
    long evictedSeen() {
        return evictedSeen.get();
    }

    Optional<HeldArtifact> get(ArtifactKey key) {
        return Optional.ofNullable(entries.get(key)).map(Entry::artifact);
    }

    /// Opens a file whose bytes are those that came; compares them with their digest where the file has
    /// changed.
    Optional<Lease> lease(ArtifactKey key, Instant now) throws IOException {
        for (Entry entry = entries.get(key); entry != null; entry = settled(key)) {
            if (isSound(entry, now) && entry.enter(now)) {
                noteUse(entry);
                Path path = disk.content(key.buildId(), entry.content());
                Entry entered = entry;
                return Optional.of(new Lease(entered, path, () -> leave(entered, key)));
            }
        }
        return Optional.empty();
    }

    /// Returns the entry that is listed when no change is under way: one that is retired is listed no longer
    /// then.
    private @Nullable Entry settled(ArtifactKey key) {
        changes.lock();
        try {
            return entries.get(key);
        } finally {
            changes.unlock();
        }
    }

    /// Returns what is held if its bytes are those that came, which is checked as by [#lease]. Counts as no
    /// use.
    Optional<HeldArtifact> sound(ArtifactKey key, Instant now) throws IOException {
        Entry entry = entries.get(key);
        return entry != null && isSound(entry, now) ? Optional.of(entry.artifact()) : Optional.empty();
    }

    /// Drops the files of a build-id whose bytes have changed, so that no other file is compared with them;
    /// those that were only touched stay.
    void check(BuildId buildId, Instant now) throws IOException {
        for (ArtifactKind kind : ArtifactKind.values()) {
            var _ = sound(new ArtifactKey(buildId, kind), now);
        }
    }

    /// Returns false for a file that was found to be damaged just now, or was replaced; it is held no longer.
    private boolean isSound(Entry entry, Instant now) throws IOException {
        if (disk.isUnchanged(entry.record())) {
            return true;
        }
        entry.comparison().lock();
        try {
            return disk.isUnchanged(entry.record()) || compare(entry, Noticed.OPEN, Digests::sha256, now);
        } catch (InterruptedException e) {
            throw new IllegalStateException("a digest that waits for nothing", e);
        } finally {
            entry.comparison().unlock();
        }
    }

    /// Compares the bytes on the disk with their digest, and drops the file where they differ.
    ///
    /// @throws IOException where the file cannot be opened, or the thread was interrupted
    void scrub(Entry entry, Pace pace, Instant now) throws IOException, InterruptedException {
        var _ = compare(entry, Noticed.SCRUB, path -> Digests.sha256OnDisk(path, pace), now);
    }

    private interface Digest {
        String of(Path path) throws IOException, InterruptedException;
    }

    /// Returns true if the bytes are those that came; drops the file otherwise.
    private boolean compare(Entry entry, Noticed noticed, Digest digest, Instant now)
            throws IOException, InterruptedException {
        HeldArtifact artifact = entry.artifact();
        Optional<FileState> state = disk.state(artifact.buildId(), entry.content());
        Optional<String> why = state.isEmpty()
                ? Optional.of("the file is gone from the disk")
                : difference(entry, state.get(), digest);
        if (why.isPresent()) {
            drop(entry, new Damage(artifact, now, why.get(), noticed));
            return false;
        }
        entry.verified(new Verified(state.get(), now));
        writeIfHeld(entry);
        return true;
    }

    private Optional<String> difference(Entry entry, FileState state, Digest digest)
            throws IOException, InterruptedException {
        HeldArtifact artifact = entry.artifact();
        if (state.size() != artifact.size()) {
            return Optional.of("the file has %d bytes in the place of %d".formatted(state.size(), artifact.size()));
        }
        try {
            return digest.of(disk.content(artifact.buildId(), entry.content())).equals(artifact.sha256())
                    ? Optional.empty()
                    : Optional.of("the bytes do not have their SHA-256 any more");
        } catch (FileSystemException | ClosedChannelException e) {
            // It could not be opened, or this thread was interrupted: the bytes may be good.
            throw e;
        } catch (IOException e) {
            return Optional.of("the disk cannot read the bytes any more");
        }
    }

    private void drop(Entry entry, Damage damage) throws IOException {
        if (remove(damage.artifact().key(), entry)) {
            entry.damaged();
            damages.happened(damage);
        }
    }

    /// Returns the files that last had their digest before a time, the one for which that is longest ago first.
    List<Entry> dueBefore(Instant time, int limit) {
        return entries.values().stream()
                .filter(entry -> entry.verified().at().isBefore(time))
                .sorted(Comparator.comparing(entry -> entry.verified().at()))
                .limit(limit)
                .toList();
    }

    /// Has tenants verify what they keep.
    void checkTenants(Pace pace) throws InterruptedException {
        for (Tenant tenant : tenants) {
            tenant.check(pace);
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
            if (!offered.takesThePlaceOf(held)) {
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
        damages.forget(key);
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

    /// What was fetched and is now uploaded too is kept like an upload from now on.
    private HeldArtifact confirm(Entry held, Origin origin) throws IOException {
        if (held.from(origin)) {
            write(held);
            disk.forceRecord(held.artifact().buildId());
        }
        return held.artifact();
    }

    private void publish(HeldArtifact artifact, Keeping keeping, Path arrived, Room room) throws IOException {
        ArtifactKey key = artifact.key();
        ContentName name = disk.newName(key.kind(), artifact.sha256());
        Entry entry;
        try {
            disk.place(arrived, key.buildId(), name);
            FileState state = disk.state(key.buildId(), name)
                    .orElseThrow(() -> new IOException("a file that was just put into its place is not there"));
            entry = new Entry(new ArtifactRecord(artifact, name, keeping, new Verified(state, artifact.stored())));
            disk.write(entry.record());
        } catch (IOException e) {
            disk.removeContent(key.buildId(), name);
            disk.removeIfEmpty(key.buildId());
            throw e;
        }
        room.handOver(entry.cost());
        Optional<Entry> before = list(entry);
        damages.forget(key);
        disk.forceRecord(key.buildId());
        before.filter(Entry::retire).ifPresent(retired -> removeContent(retired, key));
    }

    /// @param rank those of a lower one go first
    private record Candidate(int rank, Instant used, long bytes, Eviction eviction) {}

    private static final int BEFORE_ALL = -1;

    /// Added to the rank of files that go last, and larger than any rank of a [Need].
    private static final int SEEN = 10;

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
        for (Tenant.Spare spare : firstToGo.spares()) {
            candidates.add(new Candidate(BEFORE_ALL, spare.used(), spare.bytes(), spare::giveUp));
        }
        for (Tenant tenant : tenants) {
            for (Tenant.Spare spare : tenant.spares()) {
                candidates.add(new Candidate(0, spare.used(), spare.bytes(), spare::giveUp));
            }
        }
        Instant now = clock.instant();
        entries.forEach((key, entry) -> {
            if (!entry.inUse()) {
                need.rank(key, entry.keeping(), limits.uploads())
                        .ifPresent(rank -> candidates.add(candidate(rank, key, entry, now)));
            }
        });
        candidates.sort(Comparator.comparingInt(Candidate::rank).thenComparing(Candidate::used));
        return candidates;
    }

    private Candidate candidate(int rank, ArtifactKey key, Entry entry, Instant now) {
        boolean seen = isSeen(entry.artifact(), now);
        AtomicLong evicted = seen ? evictedSeen : evictedOthers;
        return new Candidate(
                seen ? SEEN + rank : rank, entry.artifact().used(), entry.cost(), () -> evict(key, entry, evicted));
    }

    private void evict(ArtifactKey key, Entry entry, AtomicLong evicted) throws IOException {
        if (!entry.retireIfIdle()) {
            return;
        }
        try {
            disk.removeRecord(key);
        } catch (IOException e) {
            entry.revive();
            throw e;
        }
        unlist(key, entry);
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
            unlist(key, entry);
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

    /// A record that cannot be written has the file compared with its digest again after a restart.
    private void writeIfHeld(Entry entry) {
        changes.lock();
        try {
            if (entries.get(entry.artifact().key()) == entry) {
                write(entry);
            }
        } catch (IOException e) {
            // What was found out counts in memory.
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
