package dev.stackmapd.dedupe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Maps the 128-bit keyed hash of a packed stack to its entry.
///
/// The table consists of 64 stripes, which the hash selects. Each is an open-addressing table with three
/// words per slot, and is doubled separately when it is five eighths full, so that each growth copies
/// only a sixty-fourth of the table:
///
/// ```text
///  word 0   first lane of the hash; its low bits chose the slot
///  word 1   second lane
///  word 2   entry + 1; 0 while the slot is empty
/// ```
///
/// A slot is written once, word 2 last and with release. Readers take no lock: they acquire word 2 and
/// may then read the other words. A reader of a stripe that was replaced during its search misses only
/// entries that were added since the search began. The table allows one writer at a time. Nothing is
/// removed.
///
/// A search reads the slot *before* it computes the second lane, so that the memory access and the
/// hashing overlap.
final class FingerprintTable {
    /// Maximum bytes per used slot: a stripe that was just doubled is five sixteenths full.
    static final long BYTES_PER_SLOT_IN_USE = 80;

    static final int NONE = -1;

    private static final int STRIPES = 64;
    private static final int STRIPE_SHIFT = 58;
    private static final int FIRST_SLOTS = 16;
    private static final int WORDS = 3;
    private static final int ENTRY = 2;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    private final KeyedHash hash;
    private final AtomicReferenceArray<long[]> stripes = new AtomicReferenceArray<>(STRIPES);
    private final int[] used = new int[STRIPES]; // the writer's

    FingerprintTable(KeyedHash hash) {
        this.hash = hash;
        for (int i = 0; i < STRIPES; i++) {
            stripes.setRelease(i, new long[FIRST_SLOTS * WORDS]);
        }
    }

    /// Returns the entry of the stack with these words and this tail, or [#NONE].
    int find(long[] words, int length, long tail) {
        long first = hash.first(words, length, tail);
        long[] slots = stripes.getAcquire((int) (first >>> STRIPE_SHIFT));
        int home = home(first, slots);
        long entry = (long) SLOT.getAcquire(slots, home + ENTRY);
        if (entry == 0) {
            return NONE;
        }
        return search(slots, home, entry, first, hash.second(words, length, tail));
    }

    /// Returns the entry of this hash, or [#NONE].
    int find(long first, long second) {
        long[] slots = stripes.getAcquire((int) (first >>> STRIPE_SHIFT));
        int home = home(first, slots);
        return search(slots, home, (long) SLOT.getAcquire(slots, home + ENTRY), first, second);
    }

    /// Adds a hash that the table does not contain.
    void put(long first, long second, int entry) {
        int stripe = (int) (first >>> STRIPE_SHIFT);
        long[] slots = stripes.getPlain(stripe);
        if ((used[stripe] + 1L) * WORDS * 8 > slots.length * 5L) {
            slots = doubled(slots);
            stripes.setRelease(stripe, slots);
        }
        used[stripe]++;
        place(slots, first, second, entry + 1L);
    }

    /// Returns the bytes of the stripes.
    long heldBytes() {
        long words = 0;
        for (int i = 0; i < STRIPES; i++) {
            words += stripes.getAcquire(i).length;
        }
        return words * Long.BYTES;
    }

    private static int search(long[] slots, int home, long homeEntry, long first, long second) {
        int at = home;
        long entry = homeEntry;
        while (entry != 0) {
            if (slots[at] == first && slots[at + 1] == second) {
                return (int) (entry - 1);
            }
            at += WORDS;
            if (at == slots.length) {
                at = 0;
            }
            entry = (long) SLOT.getAcquire(slots, at + ENTRY);
        }
        return NONE;
    }

    private static int home(long first, long[] slots) {
        int mask = slots.length / WORDS - 1;
        return ((int) first & mask) * WORDS;
    }

    private static long[] doubled(long[] slots) {
        long[] doubled = new long[Math.multiplyExact(slots.length, 2)];
        for (int at = 0; at < slots.length; at += WORDS) {
            if (slots[at + ENTRY] != 0) {
                place(doubled, slots[at], slots[at + 1], slots[at + ENTRY]);
            }
        }
        return doubled;
    }

    private static void place(long[] slots, long first, long second, long entry) {
        int at = home(first, slots);
        while (slots[at + ENTRY] != 0) {
            at += WORDS;
            if (at == slots.length) {
                at = 0;
            }
        }
        slots[at] = first;
        slots[at + 1] = second;
        SLOT.setRelease(slots, at + ENTRY, entry);
    }
}
