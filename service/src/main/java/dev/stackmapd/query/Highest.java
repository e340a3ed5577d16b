package dev.stackmapd.query;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// The highest of many values, in memory for as many as are wanted. For one thread.
final class Highest<T> {
    private final int limit;
    private final Comparator<T> order;
    private final PriorityQueue<T> kept;

    /// @param limit how many to keep, 1 or more
    Highest(int limit, Comparator<T> order) {
        this.limit = limit;
        this.order = order;
        this.kept = new PriorityQueue<>(order);
    }

    /// Whether it is among the highest of those so far.
    boolean wouldTake(T value) {
        return kept.size() < limit || order.compare(value, kept.element()) > 0;
    }

    void add(T value) {
        if (wouldTake(value)) {
            kept.add(value);
            if (kept.size() > limit) {
                kept.remove();
            }
        }
    }

    List<T> descending() {
        List<T> sorted = new ArrayList<>(kept);
        sorted.sort(order.reversed());
        return sorted;
    }
}
