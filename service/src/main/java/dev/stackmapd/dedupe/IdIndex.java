package dev.stackmapd.dedupe;

import dev.stackmapd.stack.StackId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Maps a [StackId] to its entry: 64 open-addressing stripes of `entry + 1`, or 0 for an empty slot. Ids
/// are compared in [Entries].
///
/// Slots are selected by a keyed hash of the id and not by the id itself, because a sender could search
/// for stacks whose ids share a prefix and make every search slow. Readers take no lock. The index
/// allows one writer at a time. Nothing is removed.
final class IdIndex {
    /// Maximum bytes per id: a stripe that was just doubled is five sixteenths full.
    static final long BYTES_PER_ID = 16;

    static final int NONE = -1;

    private static final int STRIPES = 64;
    private static final int STRIPE_SHIFT = 58;
    private static final int FIRST_SLOTS = 16;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(int[].class);

    private final KeyedHash hash;
    private final Entries entries;
    private final AtomicReferenceArray<int[]> stripes = new AtomicReferenceArray<>(STRIPES);
    private final int[] used = new int[STRIPES]; // the writer's

    IdIndex(KeyedHash hash, Entries entries) {
        this.hash = hash;
        this.entries = entries;
        for (int i = 0; i < STRIPES; i++) {
            stripes.setRelease(i, new int[FIRST_SLOTS]);
        }
    }

    int find(StackId id) {
        long hashed = hash.ofId(id.high(), id.low());
        int[] slots = stripes.getAcquire((int) (hashed >>> STRIPE_SHIFT));
        int at = (int) hashed & (slots.length - 1);
        for (int found = (int) SLOT.getAcquire(slots, at); found != 0; found = (int) SLOT.getAcquire(slots, at)) {
            if (entries.idHigh(found - 1) == id.high() && entries.idLow(found - 1) == id.low()) {
                return found - 1;
            }
            at = (at + 1) & (slots.length - 1);
        }
        return NONE;
    }

    /// Adds an entry whose id the index does not contain.
    void put(int entry) {
        long hashed = hashOf(entry);
        int stripe = (int) (hashed >>> STRIPE_SHIFT);
        int[] slots = stripes.getPlain(stripe);
        if ((used[stripe] + 1L) * 8 > slots.length * 5L) {
            slots = doubled(slots);
            stripes.setRelease(stripe, slots);
        }
        used[stripe]++;
        place(slots, hashed, entry + 1);
    }

    /// Returns the bytes of the stripes.
    long heldBytes() {
        long slots = 0;
        for (int i = 0; i < STRIPES; i++) {
            slots += stripes.getAcquire(i).length;
        }
        return slots * Integer.BYTES;
    }

    private int[] doubled(int[] slots) {
        int[] doubled = new int[Math.multiplyExact(slots.length, 2)];
        for (int found : slots) {
            if (found != 0) {
                place(doubled, hashOf(found - 1), found);
            }
        }
        return doubled;
    }

    private long hashOf(int entry) {
        return hash.ofId(entries.idHigh(entry), entries.idLow(entry));
    }

    private static void place(int[] slots, long hashed, int entry) {
        int at = (int) hashed & (slots.length - 1);
        while (slots[at] != 0) {
            at = (at + 1) & (slots.length - 1);
        }
        SLOT.setRelease(slots, at, entry);
    }
}
