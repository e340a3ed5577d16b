package dev.stackmapd.kernelmap;

import dev.stackmapd.stack.DetachedStack;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Stack;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// A stack map with the behaviour of the kernel's: `bpf_get_stackid` with its ids and errors, in the
/// kernel's order of checks (`KERNEL-RULES.md`, MAP and SID). It differs where a service has to: a
/// look-up removes nothing (DEV-06), an iteration continues after an id that no longer exists (DEV-14),
/// and two writers of one bucket cannot both succeed (MAP-51).
///
/// Ids are bucket numbers, from 0. After a removal or a replacement, an id denotes another stack
/// (MAP-53). A stack is known only while it is in its bucket, and a full build-id map rejects even known
/// stacks (SID-31).
///
/// In a map of addresses, the reason of a frame is derived from the address alone, or is `NO_MAPPING`,
/// because no mappings are known. Build-ids are compared with their true length (DEV-11), whereas the
/// kernel cannot distinguish an id from a longer one that ends in zeros. Thread-safe.
public final class KernelStackMap {
    /*
     * Each stack has one candidate bucket, without probing (SID-12): a search is one array read, and a collision is a
     * regular result.
     *
     * Buckets hold immutable elements, which are published with release. Known addresses, FAST and EEXIST depend on
     * the bucket alone and are decided by that one read, without a lock. Every operation that takes or returns an
     * element acquires the lock `this`, which guards the pool, and repeats the decision there. The count of free
     * elements is therefore exact, and each call is linearizable: it takes effect at the read, or within the lock.
     * Translation happens outside the lock (BUG-05).
     *
     * Hash: jhash2 over raw addresses, in build-id mode too (SID-11).
     *
     * Elements contain build-ids and not their dictionary numbers: a reader may still use an element that was
     * replaced, so its numbers could not be released, and a map could hold more ids than the dictionary has numbers.
     */

    /// `BPF_F_USER_STACK`. It is accepted without effect, so that callers can pass the same flags as to
    /// the kernel.
    public static final long USER_STACK = 0x100;
    /// `BPF_F_FAST_STACK_CMP`: accepts any stack with the same 32-bit hash as equal (SID-20, SID-30).
    public static final long FAST_STACK_CMP = 0x200;
    /// `BPF_F_REUSE_STACKID`: replaces another stack in the bucket (SID-24, SID-34).
    public static final long REUSE_STACKID = 0x400;

    private static final long SKIP_MASK = 0xff;
    private static final long ALLOWED_FLAGS = SKIP_MASK | USER_STACK | FAST_STACK_CMP | REUSE_STACKID;

    /// A flag in the result of [#put]: the stack was new.
    public static final long STORED = 1L << 32;
    /// A flag in the result of [#put]: the stack replaced another one.
    public static final long REPLACED = 1L << 33;

    private static final long UNDECIDED = Long.MIN_VALUE;

    private final KernelMapAttributes attributes;
    private final int depthLimit;
    private final FrameBases bases;
    private final AtomicReferenceArray<@Nullable KernelElement> buckets;
    private int free; // guarded by this
    private int highWater; // guarded by this
    private long inserts; // guarded by this
    private long replaced; // guarded by this
    private long truncated; // guarded by this
    private final LongAdder hitsExact = new LongAdder();
    private final LongAdder hitsFast = new LongAdder();
    private final LongAdder collisionsRejected = new LongAdder();
    private final LongAdder poolExhausted = new LongAdder();
    private final LongAdder emptyOrOversizedSkip = new LongAdder();

    private KernelStackMap(KernelMapAttributes attributes, int depthLimit, FrameBases bases) {
        this.attributes = attributes;
        this.depthLimit = depthLimit;
        this.bases = bases;
        this.buckets = new AtomicReferenceArray<>(attributes.buckets());
        this.free = (int) attributes.maxEntries();
    }

    /// Creates a map if its attributes pass the kernel's checks.
    ///
    /// @param depthLimit the value of the depth sysctl: frames beyond it are ignored (SID-02)
    /// @param maxBytes maximum size of the map, see [KernelMapAttributes#bytes]
    /// @param bases the dictionary of the numbers in translated stacks, which must be valid until the
    ///     insertion ends
    public static Creation create(KernelMapAttributes attributes, int depthLimit, long maxBytes, FrameBases bases) {
        return attributes
                .violation(depthLimit, maxBytes)
                .<Creation>map(Creation.Refused::new)
                .orElseGet(() -> new Creation.Created(new KernelStackMap(attributes, depthLimit, bases)));
    }

    public KernelMapAttributes attributes() {
        return attributes;
    }

    /// Inserts the stack `ips[from, to)`, leaf first, as `bpf_get_stackid` does with these flags.
    /// Allocates nothing for a known stack in a map of addresses.
    ///
    /// @param flags the number of frames to skip at the leaf, 0 to 255, combined with any of the flags
    ///     above
    /// @param translator called only by a map of build-ids, and only where the kernel would translate
    /// @return the id, or a negated error number
    public int insert(long[] ips, int from, int to, long flags, Translator translator) {
        return (int) put(ips, from, to, flags, translator);
    }

    /// Removes a stack; its element can be reused immediately (MAP-34 to 36).
    public Removal delete(int id) {
        return remove(id, new KernelError(KernelErrno.E2BIG, "MAP-34", "the map has no bucket " + id));
    }

    /// Reads and removes a stack atomically (MAP-37).
    public Removal take(int id) {
        return remove(id, new KernelError(KernelErrno.ENOENT, "MAP-30", "the map has no bucket " + id));
    }

    /// Returns the stack with this id, or empty if there is none.
    public Optional<Stack> get(int id) {
        if (outside(id)) {
            return Optional.empty();
        }
        return Optional.ofNullable(buckets.getAcquire(id)).map(KernelElement::stack);
    }

    /// Returns the lowest ids, ascending. Reads buckets until it has found `limit` ids: O(n) in a sparse
    /// map.
    ///
    /// @param limit maximum number of ids, 1 or more
    public List<Integer> first(int limit) {
        return occupied(0, limit);
    }

    /// Returns the lowest ids strictly above `id`, ascending. No stack needs to have `id` itself
    /// (DEV-14).
    ///
    /// @param limit how many at most, 1 or more
    public List<Integer> after(int id, int limit) {
        return outside(id) ? List.of() : occupied(id + 1, limit);
    }

    /// Returns the current number of stacks.
    public synchronized int size() {
        return entries();
    }

    /// Returns the counters. Those of hits and errors may lag behind the others.
    public synchronized KernelCounters counters() {
        return new KernelCounters(
                inserts,
                hitsExact.sum(),
                hitsFast.sum(),
                collisionsRejected.sum(),
                replaced,
                poolExhausted.sum(),
                emptyOrOversizedSkip.sum(),
                truncated,
                entries(),
                highWater,
                attributes.bytes());
    }

    /// Inserts a stack like [#insert].
    ///
    /// @return the id, combined with [#STORED] and [#REPLACED]; or a negated error number
    public long put(long[] ips, int from, int to, long flags, Translator translator) {
        Objects.checkFromToIndex(from, to, ips.length);
        if ((flags & ~ALLOWED_FLAGS) != 0) {
            return -KernelErrno.EINVAL.number();
        }
        int skip = (int) (flags & SKIP_MASK);
        int limit = Math.min(attributes.depth() + skip, depthLimit);
        int frames = Math.min(to - from, limit);
        if (frames <= skip) {
            emptyOrOversizedSkip.increment();
            return -KernelErrno.EFAULT.number();
        }
        int first = from + skip;
        int last = from + frames;
        int hash = JHash2.hash(ips, first, last);
        if (attributes.contents() == KernelMapAttributes.Contents.BUILD_ID) {
            return putTranslated(new Candidate(ips, first, last, to, hash, flags), translator);
        }
        long decided = decide(buckets.getAcquire(bucket(hash)), ips, first, last, hash, flags);
        return decided != UNDECIDED ? decided : putIps(new Candidate(ips, first, last, to, hash, flags));
    }

    /// An offered stack after frames were skipped at the leaf and dropped at the root.
    ///
    /// @param end the end of the offered stack
    @SuppressWarnings("ArrayRecordComponent") // lives for one call, is never compared
    private record Candidate(long[] ips, int first, int last, int end, int hash, long flags) {
        boolean truncated() {
            return last < end;
        }

        boolean reuses() {
            return (flags & REUSE_STACKID) != 0;
        }

        boolean acceptsHash() {
            return (flags & FAST_STACK_CMP) != 0;
        }
    }

    /// Applies SID-20 to 22 in a map of addresses; [#UNDECIDED] if the bucket alone does not decide.
    private long decide(@Nullable KernelElement element, long[] ips, int first, int last, int hash, long flags) {
        if (element == null) {
            return UNDECIDED;
        }
        if ((flags & FAST_STACK_CMP) != 0 && element.hash() == hash) {
            hitsFast.increment();
            return bucket(hash);
        }
        if (element instanceof KernelElement.Ips known && known.holds(hash, ips, first, last)) {
            hitsExact.increment();
            return bucket(hash);
        }
        return (flags & REUSE_STACKID) != 0 ? UNDECIDED : collided();
    }

    private synchronized long putIps(Candidate kept) {
        KernelElement old = buckets.getPlain(bucket(kept.hash()));
        long decided = decide(old, kept.ips(), kept.first(), kept.last(), kept.hash(), kept.flags());
        if (decided != UNDECIDED) {
            return decided;
        }
        if (free == 0) {
            return exhausted();
        }
        long[] ips = Arrays.copyOfRange(kept.ips(), kept.first(), kept.last());
        return place(old, new KernelElement.Ips(kept.hash(), ips, kept.truncated()));
    }

    private long putTranslated(Candidate kept, Translator translator) {
        long early = decideUntranslated(kept);
        if (early != UNDECIDED) {
            return early;
        }
        PackedStack frames = translator.translate(kept.ips(), kept.first(), kept.last());
        if (frames.depth() != kept.last() - kept.first()) {
            throw new IllegalArgumentException(
                    "%d addresses became %d frames".formatted(kept.last() - kept.first(), frames.depth()));
        }
        return putTranslated(kept, DetachedStack.of(frames, bases, kept.truncated()));
    }

    /// Applies SID-30 and SID-31. The kernel allocates an element before it compares contents, so an
    /// empty pool is checked first.
    private synchronized long decideUntranslated(Candidate kept) {
        KernelElement element = buckets.getPlain(bucket(kept.hash()));
        if (kept.acceptsHash() && element != null && element.hash() == kept.hash()) {
            hitsFast.increment();
            return bucket(kept.hash());
        }
        return free == 0 ? exhausted() : UNDECIDED;
    }

    /// Applies SID-30 and 31 again, because the bucket may have changed during translation, then SID-32
    /// to 34.
    private synchronized long putTranslated(Candidate kept, DetachedStack frames) {
        long decided = decideUntranslated(kept);
        if (decided != UNDECIDED) {
            return decided;
        }
        KernelElement old = buckets.getPlain(bucket(kept.hash()));
        if (old instanceof KernelElement.Translated known && known.holds(kept.hash(), frames)) {
            hitsExact.increment();
            return bucket(kept.hash());
        }
        if (old != null && !kept.reuses()) {
            return collided();
        }
        return place(old, new KernelElement.Translated(kept.hash(), frames));
    }

    private synchronized long place(@Nullable KernelElement old, KernelElement fresh) {
        int id = bucket(fresh.hash());
        buckets.setRelease(id, fresh);
        inserts++;
        truncated += fresh.truncated() ? 1 : 0;
        if (old != null) {
            replaced++;
            return id | STORED | REPLACED;
        }
        free--;
        highWater = Math.max(highWater, entries());
        return id | STORED;
    }

    private synchronized Removal remove(int id, KernelError outOfRange) {
        if (outside(id)) {
            return new Removal.Absent(outOfRange);
        }
        KernelElement element = buckets.getPlain(id);
        if (element == null) {
            return new Removal.Absent(
                    new KernelError(KernelErrno.ENOENT, "MAP-35", "bucket %d is empty".formatted(id)));
        }
        buckets.setRelease(id, null);
        free++;
        return new Removal.Removed(element.stack());
    }

    private List<Integer> occupied(int from, int limit) {
        List<Integer> ids = new ArrayList<>();
        for (int id = from; id < buckets.length() && ids.size() < limit; id++) {
            if (buckets.getAcquire(id) != null) {
                ids.add(id);
            }
        }
        return ids;
    }

    private long collided() {
        collisionsRejected.increment();
        return -KernelErrno.EEXIST.number();
    }

    private long exhausted() {
        poolExhausted.increment();
        return -KernelErrno.ENOMEM.number();
    }

    private synchronized int entries() {
        return (int) attributes.maxEntries() - free;
    }

    private int bucket(int hash) {
        return hash & (buckets.length() - 1);
    }

    private boolean outside(int id) {
        return id < 0 || id >= buckets.length();
    }

    /// The result of the creation of a kernel map.
    public sealed interface Creation {
        record Created(KernelStackMap map) implements Creation {}

        record Refused(KernelError error) implements Creation {}
    }

    /// The result of the removal of a stack from a kernel map.
    public sealed interface Removal {

        /// The stack was removed. Exactly one of several concurrent callers gets this result.
        record Removed(Stack stack) implements Removal {}

        record Absent(KernelError error) implements Removal {}
    }

    /// Translates addresses into frames for a map of build-ids.
    @FunctionalInterface
    public interface Translator {

        /// Translates `ips[from, to)`.
        ///
        /// @param ips not changed
        /// @return one frame for each address, in the same order; the caller reads it immediately, so the
        ///     same object may be returned every time
        PackedStack translate(long[] ips, int from, int to);
    }
}
