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

/// A stack map that answers as the kernel's does: `bpf_get_stackid` with its ids and errors, in the kernel's order
/// (`KERNEL-RULES.md`, MAP and SID). It differs where a service must: a look-up takes nothing out (DEV-06), a
/// walk goes on from an id whether or not that still exists (DEV-14), and two writers of one bucket cannot both win
/// (MAP-51).
///
/// Ids are bucket numbers, from 0, and mean another stack after a removal or a replacement (MAP-53). A stack is
/// known only while its bucket has it, and a full build-id map refuses even those (SID-31).
///
/// In a map of addresses the reason of a frame is what the address alone tells, else `NO_MAPPING`: no mappings are
/// known. Build-ids are compared at their true length (DEV-11); the kernel would take one for another that ends in
/// zeros.
public final class KernelStackMap {
    /*
     * One candidate bucket per stack, no probing (SID-12): a search is one array read, and a collision is an answer.
     *
     * Buckets hold immutable elements, published with release. What needs nothing but the bucket is decided by that
     * one read, without a lock: known addresses, FAST, EEXIST. Everything that takes or returns an element goes
     * through the lock `this`, which guards the pool, and decides anew there. So the count of free elements is
     * exact, and each call takes effect at one instant: the read, or within the lock. Translation happens outside it
     * (BUG-05).
     *
     * Hash: jhash2 over raw addresses, in build-id mode too (SID-11).
     *
     * Elements hold build-ids, not their numbers: a reader may still have an element that was replaced, so a number
     * could not be given back at that moment, and a map could keep more ids than there are numbers.
     */

    /// Any user stack; accepted because callers pass what they would pass to the kernel, and without effect.
    public static final long USER_STACK = 0x100;
    /// Accept any stack with the same 32-bit hash (SID-20, SID-30).
    public static final long FAST_STACK_CMP = 0x200;
    /// Replace another stack in the bucket (SID-24, SID-34).
    public static final long REUSE_STACKID = 0x400;

    private static final long SKIP_MASK = 0xff;
    private static final long ALLOWED_FLAGS = SKIP_MASK | USER_STACK | FAST_STACK_CMP | REUSE_STACKID;

    /// Beside an id: the stack was new.
    public static final long STORED = 1L << 32;
    /// Beside an id: and another lost its place.
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

    /// @param depthLimit the depth sysctl: frames above it are never seen (SID-02)
    /// @param maxBytes what the map may take, see [KernelMapAttributes#bytes]
    /// @param bases gives the numbers in what translations return; they need to last until the insertion
    ///     ends
    public static KernelMapCreation create(
            KernelMapAttributes attributes, int depthLimit, long maxBytes, FrameBases bases) {
        return attributes
                .refusal(depthLimit, maxBytes)
                .<KernelMapCreation>map(KernelMapCreation.Refused::new)
                .orElseGet(() -> new KernelMapCreation.Created(new KernelStackMap(attributes, depthLimit, bases)));
    }

    public KernelMapAttributes attributes() {
        return attributes;
    }

    /// Offers `ips[from, to)`, leaf first, as `bpf_get_stackid` would with these flags. Allocates nothing for a
    /// stack that a map of addresses knows.
    ///
    /// @param flags frames to skip at the leaf, 0 to 255, and any of the flags above
    /// @param translator asked only by a map of build-ids, and only where the kernel would translate
    /// @return the id, or an error number negated
    public int insert(long[] ips, int from, int to, long flags, Translator translator) {
        return (int) put(ips, from, to, flags, translator);
    }

    /// Removes a stack; its element is free at once (MAP-34 to 36).
    public KernelRemoval delete(int id) {
        return remove(id, new KernelError(KernelErrno.E2BIG, "MAP-34", "the map has no bucket " + id));
    }

    /// Reads a stack and removes it, in one step (MAP-37).
    public KernelRemoval take(int id) {
        return remove(id, new KernelError(KernelErrno.ENOENT, "MAP-30", "the map has no bucket " + id));
    }

    /// The stack with this id, its frames from leaf to root, or empty where no stack has it.
    public Optional<Stack> get(int id) {
        if (outside(id)) {
            return Optional.empty();
        }
        return Optional.ofNullable(buckets.getAcquire(id)).map(KernelElement::stack);
    }

    /// The lowest ids, ascending. Reads buckets until it has enough: O(n) in a sparse map.
    ///
    /// @param limit how many at most, 1 or more
    public List<Integer> first(int limit) {
        return occupied(0, limit);
    }

    /// The lowest ids strictly above `id`, ascending, whether or not a stack has `id` itself (DEV-14).
    ///
    /// @param limit how many at most, 1 or more
    public List<Integer> after(int id, int limit) {
        return outside(id) ? List.of() : occupied(id + 1, limit);
    }

    /// Stacks that are there.
    public synchronized int size() {
        return entries();
    }

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

    /// What is left of an offer once the leaf was skipped and the root cut off.
    ///
    /// @param end where the offer ended
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

    /// SID-20 to 22: what the bucket alone decides in a map of addresses.
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

    /// SID-30, SID-31. The kernel takes an element before it looks at contents, so an empty pool comes first.
    private synchronized long decideUntranslated(Candidate kept) {
        KernelElement element = buckets.getPlain(bucket(kept.hash()));
        if (kept.acceptsHash() && element != null && element.hash() == kept.hash()) {
            hitsFast.increment();
            return bucket(kept.hash());
        }
        return free == 0 ? exhausted() : UNDECIDED;
    }

    /// SID-32 to 34, after 30 and 31 once more: much may have happened during translation.
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

    private synchronized KernelRemoval remove(int id, KernelError outOfRange) {
        if (outside(id)) {
            return new KernelRemoval.Absent(outOfRange);
        }
        KernelElement element = buckets.getPlain(id);
        if (element == null) {
            return new KernelRemoval.Absent(
                    new KernelError(KernelErrno.ENOENT, "MAP-35", "bucket %d is empty".formatted(id)));
        }
        buckets.setRelease(id, null);
        free++;
        return new KernelRemoval.Removed(element.stack());
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
}
