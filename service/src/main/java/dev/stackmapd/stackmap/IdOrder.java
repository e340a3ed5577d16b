package dev.stackmapd.stackmap;

import dev.stackmapd.stack.StackId;
import java.util.ArrayList;
import java.util.List;

/// The entries of an [ExactStackMap] in the order of their ids, and how many there are.
///
/// The newest entries, up to about 1,024, are unsorted; all before are in sorted runs of falling size. A full
/// tail becomes a run, and a run is merged with the one before it unless that is larger, as one adds one to a
/// binary number: 12 bytes an entry, and log2(n / 1,024) sequential copies of it in its life. A writer's longest
/// pause is the merge of everything, once each time the number of entries doubles: about 10 ms for a million.
///
/// A page costs O(log² n + limit · log n) and the sorting of the tail. Readers take no lock. One writer at a
/// time.
final class IdOrder {
    /// Runs, and as much again while two are merged.
    static final long BYTES_PER_ENTRY = 24;

    static final int TAIL = 1 << 10;

    private final Entries entries;
    private volatile int size;
    private volatile Sorted sorted = new Sorted(List.of(), 0);

    IdOrder(Entries entries) {
        this.entries = entries;
    }

    /// @param covered entries below this number are in runs; never above the size
    private record Sorted(List<IdRun> runs, int covered) {}

    /// Makes the next entry visible, here and to all who ask [#size]: the instant at which an insertion takes
    /// effect.
    void publish(int entry) {
        size = entry + 1;
        if (size - sorted.covered() >= TAIL) {
            sortTail();
        }
    }

    int size() {
        return size;
    }

    /// Bytes of the runs held.
    long heldBytes() {
        return (long) sorted.covered() * (Long.BYTES + Integer.BYTES);
    }

    /// The lowest ids that are not below `from`, ascending.
    List<StackId> page(StackId from, int limit) {
        List<IdRun.Cursor> cursors = cursors(from);
        List<StackId> page = new ArrayList<>();
        while (page.size() < limit && !cursors.isEmpty()) {
            IdRun.Cursor lowest = lowest(cursors);
            page.add(lowest.head());
            if (!lowest.advance()) {
                cursors.remove(lowest);
            }
        }
        return page;
    }

    private List<IdRun.Cursor> cursors(StackId from) {
        Sorted before = sorted; // read before the size, so that nothing lies between the runs and the tail
        IdRun tail = IdRun.of(entries, before.covered(), size);
        List<IdRun.Cursor> cursors = new ArrayList<>();
        for (IdRun run : before.runs()) {
            run.cursor(from, entries).ifPresent(cursors::add);
        }
        tail.cursor(from, entries).ifPresent(cursors::add);
        return cursors;
    }

    private static IdRun.Cursor lowest(List<IdRun.Cursor> cursors) {
        IdRun.Cursor lowest = cursors.getFirst();
        for (IdRun.Cursor cursor : cursors) {
            if (cursor.head().compareTo(lowest.head()) < 0) {
                lowest = cursor;
            }
        }
        return lowest;
    }

    private void sortTail() {
        List<IdRun> runs = new ArrayList<>(sorted.runs());
        IdRun run = IdRun.of(entries, sorted.covered(), size);
        while (!runs.isEmpty() && runs.getLast().size() <= run.size()) {
            run = runs.removeLast().merge(run, entries);
        }
        runs.add(run);
        sorted = new Sorted(List.copyOf(runs), size);
    }
}
