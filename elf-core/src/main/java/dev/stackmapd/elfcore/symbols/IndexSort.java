package dev.stackmapd.elfcore.symbols;

/// Sorts indexes of parallel arrays, which stay where they are. A merge sort: stable, and no input makes
/// it quadratic.
final class IndexSort {
    private IndexSort() {}

    /// Compares the elements at two indexes, as a comparator does.
    @FunctionalInterface
    interface Order {
        int compare(int a, int b);
    }

    /// Returns the indexes 0 to `count - 1`, ascending.
    static int[] sorted(int count, Order order) {
        int[] from = new int[count];
        for (int i = 0; i < from.length; i++) {
            from[i] = i;
        }
        int[] to = new int[from.length];
        for (int width = 1; width > 0 && width < from.length; width *= 2) {
            for (long low = 0; low < from.length; low += 2L * width) {
                int middle = (int) Math.min(low + width, from.length);
                merge(from, to, (int) low, middle, (int) Math.min(low + 2L * width, from.length), order);
            }
            int[] swap = from;
            from = to;
            to = swap;
        }
        return from;
    }

    private static void merge(int[] from, int[] to, int low, int middle, int high, Order order) {
        int left = low;
        int right = middle;
        for (int at = low; at < high; at++) {
            boolean takeLeft = right == high || (left < middle && order.compare(from[left], from[right]) <= 0);
            to[at] = takeLeft ? from[left++] : from[right++];
        }
    }
}
