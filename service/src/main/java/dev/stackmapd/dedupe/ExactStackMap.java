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

/// Never loses a stack and never takes one for another (DEV-01): unbounded in entries, bounded by a byte budget.
///
/// The hot path is [#find], which allocates nothing. Entries are numbered from 0 in the order of arrival and are
/// never removed. A stack whose [StackId] is there already is known, even where its raw frames have other
/// reasons; the reasons seen first are kept.
///
/// A batch collects its new stacks in [NewStacks], reserves space for all of them at once, and stores each.
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

    /// No entry.
    public static final int NONE = -1;
    /// What a map may hold beyond its budget.
    public static final long FIXED_BYTES = 2 << 20;

    static final long ALIAS_BYTES = FingerprintTable.BYTES_PER_SLOT_IN_USE;
    /// An id, its node in the skip list, and its part of the levels above.
    static final long ORDER_BYTES = 72;
    static final long ENTRY_BYTES = ALIAS_BYTES + Entries.BYTES_PER_ENTRY + IdIndex.BYTES_PER_ID + ORDER_BYTES;

    /// With a larger budget, entries could outnumber what an `int` names.
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

    /// @param bases gave the numbers in the packed stacks
    /// @param maxBytes the budget, 0 to 80 GiB; see [#cost] for what a stack takes out of it
    public ExactStackMap(FrameBases bases, long maxBytes) {
        if (maxBytes < 0 || maxBytes > MAX_BYTES) {
            throw new IllegalArgumentException("budget must be 0 to %d bytes, was %d".formatted(MAX_BYTES, maxBytes));
        }
        this.bases = bases;
        this.budget = new ByteBudget(maxBytes);
    }

    /// The entry of a known stack, or [#NONE]. Allocates nothing and takes no lock.
    public int find(PackedStack stack) {
        int entry = search(stack);
        if (entry != NONE) {
            hits.increment();
        }
        return entry;
    }

    /// The new stacks of one batch until it is committed. Each is copied here and into the map, and hashed
    /// once. For one thread.
    public final class NewStacks {
        private static final int ABOUT = 4;

        private final StackId.Digest digest = new StackId.Digest();
        private long[] words = {};
        private int used;
        private long[] abouts = {}; // of each: where its words begin, the tail, both lanes of the hash
        private int count;
        private long cost;

        /// Looks a stack of at least one frame up, and keeps it if it is not known.
        ///
        /// @return the entry of a known stack, 0 or more; of another one `~number`, below 0, for [#insert]
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

        /// Bytes that these stacks take out of the budget at most.
        public long cost() {
            return cost;
        }

        /// Stores a stack within a reservation of [#cost], and gives back to the budget what the stack did not need.
        ///
        /// @param number of a stack that [#offer] kept, each at most once
        /// @return the entry of a stack that is known by now; `~entry`, below 0, of one that is new
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

    /// What a stack takes out of the budget where it is new, in bytes; a known one takes nothing.
    private static long cost(int words) {
        return ENTRY_BYTES + (long) words * Long.BYTES;
    }

    /// Sets bytes of the budget aside, all or none.
    ///
    /// @return whether there was room
    public boolean reserve(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("cannot reserve " + bytes + " bytes");
        }
        return budget.take(bytes);
    }

    /// Gives back what [#reserve] set aside and nothing used up.
    public void release(long bytes) {
        budget.give(bytes);
    }

    /// @param entry one that this map gave
    public StackId id(int entry) {
        return entries.id(Objects.checkIndex(entry, size));
    }

    /// @param entry one that this map gave
    public Stack stack(int entry) {
        return entries.stack(Objects.checkIndex(entry, size), bases);
    }

    /// Makes `into` the packed stack of an entry.
    ///
    /// @param entry one that this map gave
    public void copyTo(PackedStack into, int entry) {
        entries.copyTo(into, Objects.checkIndex(entry, size));
    }

    /// The entry with this id, or [#NONE].
    public int entryOf(StackId id) {
        return published(ids.find(id));
    }

    /// The lowest ids, ascending.
    ///
    /// @param limit how many at most, 1 or more
    public List<StackId> first(int limit) {
        return order.stream().filter(this::isPublished).limit(limit).toList();
    }

    /// The lowest ids strictly above `id`, ascending, whether or not a stack has `id` itself (DEV-14). A page has every
    /// stack that was there from the call's start to its end, and none that was there at no time between.
    ///
    /// @param limit how many at most, 1 or more
    public List<StackId> after(StackId id, int limit) {
        return order.tailSet(id, false).stream()
                .filter(this::isPublished)
                .limit(limit)
                .toList();
    }

    /// Distinct stacks.
    public int size() {
        return size;
    }

    public ExactCounters counters() {
        return new ExactCounters(size, hits.sum(), aliases.sum(), budget.taken(), budget.max());
    }

    /// Bytes of the arrays held, and of the skip list by the number of its ids, for comparison with the budget.
    long heldBytes() {
        return table.heldBytes() + entries.heldBytes() + ids.heldBytes() + size * ORDER_BYTES;
    }

    private int search(PackedStack stack) {
        return published(table.find(stack.words(), stack.length(), Entries.tail(stack)));
    }

    /// An id is in its order a moment before its entry is published, so that what is found is listed as well.
    private boolean isPublished(StackId id) {
        return entryOf(id) != NONE;
    }

    private int published(int entry) {
        return entry < size ? entry : NONE;
    }
}
