package dev.stackmapd.store.memory;

import dev.stackmapd.store.FrameTally;

/// The sightings of one series in one time bucket: an open-addressing table from entry to value.
/// Thread-safe.
///
/// ```text
///  keys     entry + 1; 0 while the slot is empty
///  values   what was counted; 2^63−1 if it is more
/// ```
final class SightingTable {
    /// Maximum bytes per row: 12 per slot, in a table that was just doubled and is five sixteenths full.
    static final long ROW_BYTES = 39;

    private static final int FIRST_SLOTS = 8;
    /// 2^32 divided by the golden ratio: spreads consecutive entries over the slots.
    private static final int SPREAD = 0x9e3779b9;

    private int[] keys = new int[FIRST_SLOTS];
    private long[] values = new long[FIRST_SLOTS];
    private int size;
    private long snapshots;

    /// Number of batches that are writing to this table; guarded by the [Sightings].
    int writers;

    /// The contents of a table at one moment. Immutable.
    static final class Snapshot {
        private final int[] keys; // of rows only
        private final long[] values; // of these
        private final long snapshots;

        private Snapshot(int[] keys, long[] values, long snapshots) {
            this.keys = keys;
            this.values = values;
            this.snapshots = snapshots;
        }

        int size() {
            return keys.length;
        }

        int entry(int row) {
            return keys[row] - 1;
        }

        long value(int row) {
            return values[row];
        }

        long snapshots() {
            return snapshots;
        }
    }

    synchronized void addSnapshots(int more) {
        snapshots += more;
    }

    /// Adds the sightings in `[from, to)`.
    ///
    /// @return the number of rows that were added
    synchronized int add(int[] entries, long[] counts, int from, int to) {
        int before = size;
        for (int i = from; i < to; i++) {
            if ((size + 1L) * 8 > keys.length * 5L) {
                grow();
            }
            int slot = slot(keys, entries[i] + 1);
            if (keys[slot] == 0) {
                keys[slot] = entries[i] + 1;
                size++;
            }
            values[slot] = FrameTally.saturatingSum(values[slot], counts[i]);
        }
        return size - before;
    }

    synchronized int size() {
        return size;
    }

    synchronized Snapshot copy() {
        int[] copiedKeys = new int[size];
        long[] copiedValues = new long[size];
        int row = 0;
        for (int slot = 0; slot < keys.length; slot++) {
            if (keys[slot] != 0) {
                copiedKeys[row] = keys[slot];
                copiedValues[row++] = values[slot];
            }
        }
        return new Snapshot(copiedKeys, copiedValues, snapshots);
    }

    private void grow() {
        int[] keysBefore = keys;
        long[] valuesBefore = values;
        keys = new int[Math.multiplyExact(keysBefore.length, 2)];
        values = new long[keys.length];
        for (int at = 0; at < keysBefore.length; at++) {
            if (keysBefore[at] != 0) {
                int slot = slot(keys, keysBefore[at]);
                keys[slot] = keysBefore[at];
                values[slot] = valuesBefore[at];
            }
        }
    }

    private static int slot(int[] keys, int key) {
        int mask = keys.length - 1;
        int slot = (key * SPREAD) >>> Integer.numberOfLeadingZeros(mask);
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
