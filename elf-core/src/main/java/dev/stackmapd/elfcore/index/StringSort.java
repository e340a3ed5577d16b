package dev.stackmapd.elfcore.index;

/// Sorts a pool's strings by their bytes. A merge sort: no input makes it slow.
final class StringSort {
    private final StringPool strings;
    private final int[] order;
    private final int[] scratch;

    /// @param memory charged for the order that is returned
    StringSort(BuildMemory memory, StringPool strings) {
        this.strings = strings;
        this.order = memory.ints(strings.count());
        this.scratch = memory.ints(strings.count());
    }

    int[] order() {
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        sort(0, order.length);
        return order;
    }

    private void sort(int from, int to) {
        if (to - from < 2) {
            return;
        }
        int middle = (from + to) >>> 1;
        sort(from, middle);
        sort(middle, to);
        System.arraycopy(order, from, scratch, from, middle - from);
        int left = from;
        int right = middle;
        for (int at = from; left < middle; at++) {
            boolean takeLeft = right == to || strings.compare(scratch[left], order[right]) <= 0;
            order[at] = takeLeft ? scratch[left++] : order[right++];
        }
    }
}
