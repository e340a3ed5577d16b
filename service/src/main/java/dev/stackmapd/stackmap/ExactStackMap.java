package dev.stackmapd.stackmap;

import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// Never loses a stack and never takes one for another (DEV-01): unbounded in entries, bounded by a byte budget.
///
/// The hot path is [#find], which allocates nothing. Entries are numbered from 0 in the order of arrival and are
/// never removed. A stack whose [StackId] is there already is known, even where its raw frames have other
/// reasons; the reasons seen first are kept.
///
/// Room is given per stack ([#insert]) or for many at once: [#reserve] the sum of [#cost], then
/// [#insertReserved] each.
public final class ExactStackMap {
    /*
     * A packed stack is found by 128 bits of a keyed hash (KeyedHash has the odds), without comparing frames:
     * comparing means a miss of memory per stack, which costs more than all hashing. The StackId is digested
     * only for packed words not seen before. Where it names an entry already, the words become an alias: one
     * more slot that leads to that entry.
     *
     * Readers take no lock. Writers take one, `this`, for what is left once the id is digested: copying the
     * words, three table slots. An entry is complete before its number is published (IdOrder#publish), which is
     * the one instant at which it begins to exist: whatever leads to a number not yet published leads nowhere.
     *
     * Budget: a stack takes 8 bytes a word and ENTRY_BYTES, an alias ALIAS_BYTES, the most that the structures
     * can hold for one at any time between two steps of growth. Not counted are what an empty map holds and
     * half-filled last chunks, together under FIXED_BYTES, and one stripe while it doubles, a sixty-fourth of a
     * table.
     */

    /// No entry.
    public static final int NONE = -1;
    /// The stack is new and the budget has no room for it.
    public static final int NO_ROOM = Integer.MIN_VALUE;
    /// What a map may hold beyond its budget.
    public static final long FIXED_BYTES = 2 << 20;

    static final long ALIAS_BYTES = FingerprintTable.BYTES_PER_SLOT_IN_USE;
    static final long ENTRY_BYTES =
            ALIAS_BYTES + Entries.BYTES_PER_ENTRY + IdIndex.BYTES_PER_ID + IdOrder.BYTES_PER_ENTRY;

    /// With a larger budget, entries could outnumber what an `int` names.
    private static final long MAX_BYTES = (1L << 30) * ALIAS_BYTES;

    private final FrameBases bases;
    private final ByteBudget budget;
    private final KeyedHash hash = new KeyedHash(new SecureRandom());
    private final FingerprintTable table = new FingerprintTable(hash);
    private final Entries entries = new Entries();
    private final IdIndex ids = new IdIndex(hash, entries);
    private final IdOrder order = new IdOrder(entries);
    private final LongAdder hits = new LongAdder();
    private final LongAdder aliases = new LongAdder();
    private final LongAdder refused = new LongAdder();

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

    /// Stores a stack of at least one frame, unless it is known.
    ///
    /// @return the entry of a known stack, 0 or more; `~entry`, below 0, where the stack was new and is `entry`
    ///     now; [#NO_ROOM] where it is new and there is no room (DEV-07: never for a known one)
    public int insert(PackedStack stack) {
        int known = find(stack);
        return known != NONE ? known : add(stack, 0);
    }

    /// [#insert] within a reservation: uses up exactly [#cost] of it, gives back to the budget what the stack
    /// did not need, and never answers [#NO_ROOM].
    public int insertReserved(PackedStack stack) {
        int known = find(stack);
        if (known != NONE) {
            budget.give(cost(stack));
            return known;
        }
        return add(stack, cost(stack));
    }

    /// What a stack takes out of the budget where it is new, in bytes; a known one takes nothing.
    public static long cost(PackedStack stack) {
        return ENTRY_BYTES + (long) stack.length() * Long.BYTES;
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

    /// Gives back what [#reserve] set aside and no [#insertReserved] used up.
    public void release(long bytes) {
        budget.give(bytes);
    }

    /// @param entry one that this map gave
    public StackId id(int entry) {
        return entries.id(Objects.checkIndex(entry, order.size()));
    }

    /// @param entry one that this map gave
    public Stack stack(int entry) {
        return entries.stack(Objects.checkIndex(entry, order.size()), bases);
    }

    /// Makes `into` the packed stack of an entry.
    ///
    /// @param entry one that this map gave
    public void copyTo(PackedStack into, int entry) {
        entries.copyTo(into, Objects.checkIndex(entry, order.size()));
    }

    /// The entry with this id, or [#NONE].
    public int entryOf(StackId id) {
        return published(ids.find(id));
    }

    /// The lowest ids, ascending.
    ///
    /// @param limit how many at most, 1 or more
    public List<StackId> first(int limit) {
        return order.page(new StackId(0, 0), limit);
    }

    /// The lowest ids strictly above `id`, ascending, whether or not a stack has `id` itself (DEV-14). A page has every
    /// stack that was there from the call's start to its end, and none that was there at no time between.
    ///
    /// @param limit how many at most, 1 or more
    public List<StackId> after(StackId id, int limit) {
        long low = id.low() + 1;
        long high = low == 0 ? id.high() + 1 : id.high();
        boolean last = (low | high) == 0;
        return last ? List.of() : order.page(new StackId(high, low), limit);
    }

    /// Distinct stacks.
    public int size() {
        return order.size();
    }

    public ExactCounters counters() {
        return new ExactCounters(order.size(), hits.sum(), aliases.sum(), refused.sum(), budget.taken(), budget.max());
    }

    /// Bytes of the arrays held, for comparison with the budget.
    long heldBytes() {
        return table.heldBytes() + entries.heldBytes() + ids.heldBytes() + order.heldBytes();
    }

    private int search(PackedStack stack) {
        return published(table.find(stack.words(), stack.length(), Entries.tail(stack)));
    }

    private int published(int entry) {
        return entry < order.size() ? entry : NONE;
    }

    /// @param reserved bytes set aside for it; 0 to ask the budget
    private int add(PackedStack stack, long reserved) {
        if (stack.depth() == 0) {
            throw new IllegalArgumentException("a stack has at least one frame");
        }
        StackId id = StackId.of(stack, bases);
        long tail = Entries.tail(stack);
        long first = hash.first(stack.words(), stack.length(), tail);
        long second = hash.second(stack.words(), stack.length(), tail);
        synchronized (this) {
            int known = table.find(first, second);
            if (known != NONE) {
                return again(known, reserved);
            }
            int same = ids.find(id);
            if (same != NONE) {
                return alias(same, first, second, reserved);
            }
            if (!pay(cost(stack), reserved)) {
                refused.increment();
                return NO_ROOM;
            }
            int entry = entries.append(stack, id);
            table.put(first, second, entry);
            ids.put(entry);
            order.publish(entry);
            return ~entry;
        }
    }

    private int again(int entry, long reserved) {
        budget.give(reserved);
        hits.increment();
        return entry;
    }

    private int alias(int entry, long first, long second, long reserved) {
        hits.increment();
        if (pay(ALIAS_BYTES, reserved)) {
            table.put(first, second, entry);
            aliases.increment();
        }
        return entry;
    }

    private boolean pay(long cost, long reserved) {
        if (reserved == 0) {
            return budget.take(cost);
        }
        budget.give(reserved - cost);
        return true;
    }
}
