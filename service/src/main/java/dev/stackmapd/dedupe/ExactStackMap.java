package dev.stackmapd.dedupe;

import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.LongAdder;

/// A set of packed stacks that never drops a stack and never confuses two (DEV-01). It is bounded by a
/// byte budget, not by a number of entries.
///
/// The hot path is [#find], which allocates nothing. Entries are numbered from 0 in the order of arrival
/// and are never removed. A stack whose [StackId] is stored already counts as known even if its raw
/// frames have other reasons; the first reasons are kept.
///
/// A batch collects its new stacks in [NewStacks], reserves bytes for all of them at once, and stores
/// each. Thread-safe.
public final class ExactStackMap {
    /*
     * A packed stack is found by 128 bits of a keyed hash (KeyedHash has the odds), without comparing frames:
     * comparing means a miss of memory per stack, which costs more than all hashing. The StackId is digested
     * only for packed words not seen before. Where it names an entry already, the words become an alias: one
     * more slot that leads to that entry.
     *
     * Readers take no lock. Writers take one, `this`, for what is left once the id is digested: copying the
     * words, two table slots. An entry is complete before its number is published (`size`), which is the one
     * instant at which it begins to exist: whatever leads to a number not yet published leads nowhere. Ids in
     * their order are kept in a skip list, which takes no lock, and of which each insertion costs the same.
     *
     * Budget: a stack takes 8 bytes a word and ENTRY_BYTES, an alias ALIAS_BYTES, the most that the structures
     * can hold for one at any time between two steps of growth. Not counted are what an empty map holds and
     * half-filled last chunks, together under FIXED_BYTES, and one stripe while it doubles, a sixty-fourth of a
     * table.
     */

    /// The result of a search without a match.
    public static final int NONE = -1;
    /// Bytes that a map may take in addition to its budget.
    public static final long FIXED_BYTES = 2 << 20;

    static final long ALIAS_BYTES = FingerprintTable.BYTES_PER_SLOT_IN_USE;
    /// An id, its node in the skip list, and its share of the higher levels.
    static final long ORDER_BYTES = 72;
    static final long ENTRY_BYTES = ALIAS_BYTES + Entries.BYTES_PER_ENTRY + IdIndex.BYTES_PER_ID + ORDER_BYTES;

    /// With a larger budget, the number of entries could exceed the range of `int`.
    private static final long MAX_BYTES = (1L << 30) * ALIAS_BYTES;

    private final FrameBases bases;
    private final ByteBudget budget;
    private final KeyedHash hash = new KeyedHash(new SecureRandom());
    private final FingerprintTable table = new FingerprintTable(hash);
    private final Entries entries = new Entries();
    private final IdIndex ids = new IdIndex(hash, entries);
    private final ConcurrentSkipListSet<StackId> order = new ConcurrentSkipListSet<>();
    private volatile int size; // written under the lock
    private final LongAdder hits = new LongAdder();
    private final LongAdder aliases = new LongAdder();

    /// @param bases the dictionary of the numbers in packed stacks
    /// @param maxBytes the budget, 0 to 80 GiB; see [#cost] for the bytes of a stack
    public ExactStackMap(FrameBases bases, long maxBytes) {
        if (maxBytes < 0 || maxBytes > MAX_BYTES) {
            throw new IllegalArgumentException("budget must be 0 to %d bytes, was %d".formatted(MAX_BYTES, maxBytes));
        }
        this.bases = bases;
        this.budget = new ByteBudget(maxBytes);
    }

    /// Returns the entry of a known stack, or [#NONE]. Allocates nothing and takes no lock.
    public int find(PackedStack stack) {
        int entry = search(stack);
        if (entry != NONE) {
            hits.increment();
        }
        return entry;
    }

    /// The new stacks of one batch until it is committed. Each stack is hashed once, and copied here and
    /// then into the map. Not thread-safe.
    public final class NewStacks {
        private static final int ABOUT = 4;

        private final StackId.Digest digest = new StackId.Digest();
        private long[] words = {};
        private int used;
        private long[] abouts = {}; // of each: where its words begin, the tail, both lanes of the hash
        private int count;
        private long cost;

        /// Looks up a stack of at least one frame, and collects it if it is not known.
        ///
        /// @return the entry of a known stack, 0 or more; for a new one `~number`, below 0, where
        ///     `number` is for [#insert]
        public int offer(PackedStack stack) {
            if (stack.depth() == 0) {
                throw new IllegalArgumentException("a stack has at least one frame");
            }
            int known = find(stack);
            return known != NONE ? known : ~keep(stack);
        }

        private int keep(PackedStack stack) {
            int length = stack.length();
            long tail = Entries.tail(stack);
            if (used + length > words.length) {
                words = Arrays.copyOf(words, Math.max(used + length, words.length * 2));
            }
            if ((count + 1) * ABOUT > abouts.length) {
                abouts = Arrays.copyOf(abouts, Math.max(ABOUT, abouts.length * 2));
            }
            System.arraycopy(stack.words(), 0, words, used, length);
            int at = count * ABOUT;
            abouts[at] = used;
            abouts[at + 1] = tail;
            abouts[at + 2] = hash.first(stack.words(), length, tail);
            abouts[at + 3] = hash.second(stack.words(), length, tail);
            used += length;
            cost += ExactStackMap.cost(length);
            return count++;
        }

        /// Returns the maximum of bytes that these stacks take from the budget.
        public long cost() {
            return cost;
        }

        /// Stores a stack within a reservation of [#cost], and returns the unused part of its
        /// reservation to the budget.
        ///
        /// @param number of a stack that [#offer] collected; each is inserted at most once
        /// @return the entry of a stack that was stored in the meantime, 0 or more; `~entry`, below 0,
        ///     for a new one
        public int insert(int number) {
            int at = number * ABOUT;
            int from = (int) abouts[at];
            long tail = abouts[at + 1];
            long first = abouts[at + 2];
            long second = abouts[at + 3];
            long reserved = ExactStackMap.cost(Entries.length(tail));
            StackId id = digest.of(words, from, Entries.length(tail), Entries.isTruncated(tail), bases);
            synchronized (ExactStackMap.this) {
                int known = table.find(first, second);
                if (known != NONE) {
                    budget.give(reserved);
                    return known;
                }
                int same = ids.find(id);
                if (same != NONE) {
                    budget.give(reserved - ALIAS_BYTES);
                    table.put(first, second, same);
                    aliases.increment();
                    return same;
                }
                int entry = entries.append(words, from, tail, id);
                table.put(first, second, entry);
                ids.put(entry);
                order.add(id);
                size = entry + 1;
                return ~entry;
            }
        }
    }

    /// Returns the bytes that a new stack takes from the budget; a known stack takes none.
    private static long cost(int words) {
        return ENTRY_BYTES + (long) words * Long.BYTES;
    }

    /// Reserves bytes of the budget, all or none.
    ///
    /// @return false if the budget has fewer bytes left; nothing is reserved then
    public boolean reserve(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("cannot reserve " + bytes + " bytes");
        }
        return budget.take(bytes);
    }

    /// Returns reserved bytes that were not used to the budget.
    public void release(long bytes) {
        budget.give(bytes);
    }

    /// @param entry a result of this map
    public StackId id(int entry) {
        return entries.id(Objects.checkIndex(entry, size));
    }

    /// @param entry one that this map gave
    public Stack stack(int entry) {
        return entries.stack(Objects.checkIndex(entry, size), bases);
    }

    /// Replaces the contents of `into` by the packed stack of an entry.
    ///
    /// @param entry one that this map gave
    public void copyTo(PackedStack into, int entry) {
        entries.copyTo(into, Objects.checkIndex(entry, size));
    }

    /// Returns the entry with this id, or [#NONE].
    public int entryOf(StackId id) {
        return published(ids.find(id));
    }

    /// Returns the lowest ids, ascending.
    ///
    /// @param limit maximum number of ids, 1 or more
    public List<StackId> first(int limit) {
        return order.stream().filter(this::isPublished).limit(limit).toList();
    }

    /// Returns the lowest ids strictly above `id`, ascending. No stack needs to have `id` itself
    /// (DEV-14). The result contains every matching stack that existed during the whole call, and may
    /// contain stacks that were stored during the call.
    ///
    /// @param limit how many at most, 1 or more
    public List<StackId> after(StackId id, int limit) {
        return order.tailSet(id, false).stream()
                .filter(this::isPublished)
                .limit(limit)
                .toList();
    }

    /// Returns the number of distinct stacks.
    public int size() {
        return size;
    }

    /// Returns the counters, which are not an atomic snapshot.
    public ExactCounters counters() {
        return new ExactCounters(size, hits.sum(), aliases.sum(), budget.taken(), budget.max());
    }

    /// Returns the bytes of the arrays, and an estimate for the skip list, for comparison with the
    /// budget.
    long heldBytes() {
        return table.heldBytes() + entries.heldBytes() + ids.heldBytes() + size * ORDER_BYTES;
    }

    private int search(PackedStack stack) {
        return published(table.find(stack.words(), stack.length(), Entries.tail(stack)));
    }

    /// Returns true if the entry of an id is published. An id is added to the order shortly before that,
    /// so that every stack that [#find] returns is listed as well.
    private boolean isPublished(StackId id) {
        return entryOf(id) != NONE;
    }

    private int published(int entry) {
        return entry < size ? entry : NONE;
    }
}
