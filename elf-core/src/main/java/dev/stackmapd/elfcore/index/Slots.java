package dev.stackmapd.elfcore.index;

import java.util.Arrays;

/// Finds numbered items by their hash: open addressing over ids, which the caller counts from 0 without
/// gaps.
///
/// `for (int id = slots.first(hash); id >= 0; id = slots.next())` iterates over those whose hash is
/// equal; after it, [#add] takes the next id for that hash. Not thread-safe.
final class Slots {
    private static final int NOTHING = -1;

    private final BuildMemory memory;
    private int[] ids;
    private long[] hashes;
    private int mask;
    private int count;
    private long wanted;
    private int at;

    /// @param expected the initial capacity, in items
    Slots(BuildMemory memory, int expected) {
        this.memory = memory;
        mask = Integer.highestOneBit(Math.max(8, expected)) * 4 - 1;
        ids = new int[mask + 1];
        hashes = new long[Math.max(8, expected)];
        Arrays.fill(ids, NOTHING);
    }

    /// Removes all items. The cost depends on `expected` only.
    void clear(int expected) {
        mask = Math.min(ids.length, Integer.highestOneBit(Math.max(8, expected)) * 4) - 1;
        Arrays.fill(ids, 0, mask + 1, NOTHING);
        count = 0;
    }

    int first(long hash) {
        wanted = hash;
        at = (int) hash & mask;
        return find();
    }

    int next() {
        at = (at + 1) & mask;
        return find();
    }

    private int find() {
        int id = ids[at];
        while (id != NOTHING && hashes[id] != wanted) {
            at = (at + 1) & mask;
            id = ids[at];
        }
        return id;
    }

    /// Adds the next id where the last search ended.
    ///
    /// @return the id
    int add() {
        if (count == hashes.length) {
            hashes = memory.grow(hashes, BuildMemory.larger(count));
        }
        hashes[count] = wanted;
        ids[at] = count++;
        if (count > (mask + 1) / 2) {
            grow();
        }
        return count - 1;
    }

    private void grow() {
        mask = mask * 2 + 1;
        ids = ids.length <= mask ? memory.grow(ids, mask + 1) : ids;
        Arrays.fill(ids, 0, mask + 1, NOTHING);
        for (int id = 0; id < count; id++) {
            int slot = (int) hashes[id] & mask;
            while (ids[slot] != NOTHING) {
                slot = (slot + 1) & mask;
            }
            ids[slot] = id;
        }
    }

    /// Returns the number of items.
    int count() {
        return count;
    }
}
