package dev.stackmapd.stackmap;

import dev.stackmapd.stack.StackId;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/// Some entries, ascending by id. Immutable.
final class IdRun {
    private final long[] highs; // upper halves of the ids: a search touches little else
    private final int[] numbers;

    private IdRun(long[] highs, int[] numbers) {
        this.highs = highs;
        this.numbers = numbers;
    }

    /// Sorts the entries in `[from, to)`.
    static IdRun of(Entries entries, int from, int to) {
        int[] numbers = IntStream.range(from, to)
                .boxed()
                .sorted(Comparator.comparing(entries::id))
                .mapToInt(Integer::intValue)
                .toArray();
        long[] highs = new long[numbers.length];
        for (int i = 0; i < highs.length; i++) {
            highs[i] = entries.idHigh(numbers[i]);
        }
        return new IdRun(highs, numbers);
    }

    int size() {
        return numbers.length;
    }

    IdRun merge(IdRun other, Entries entries) {
        int size = Math.addExact(size(), other.size());
        long[] mergedHighs = new long[size];
        int[] mergedNumbers = new int[size];
        int a = 0;
        int b = 0;
        for (int i = 0; i < size; i++) {
            boolean mine = b == other.size() || (a < size() && compare(a, other, b, entries) < 0);
            mergedHighs[i] = mine ? highs[a] : other.highs[b];
            mergedNumbers[i] = mine ? numbers[a++] : other.numbers[b++];
        }
        return new IdRun(mergedHighs, mergedNumbers);
    }

    private int compare(int at, IdRun other, int otherAt, Entries entries) {
        int order = Long.compareUnsigned(highs[at], other.highs[otherAt]);
        return order != 0
                ? order
                : Long.compareUnsigned(entries.idLow(numbers[at]), entries.idLow(other.numbers[otherAt]));
    }

    /// Stands at the first id that is not below `from`; empty when there is none.
    Optional<Cursor> cursor(StackId from, Entries entries) {
        int low = 0;
        int high = size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (below(middle, from, entries)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < size() ? Optional.of(new Cursor(low, entries)) : Optional.empty();
    }

    private boolean below(int at, StackId id, Entries entries) {
        int order = Long.compareUnsigned(highs[at], id.high());
        return order < 0 || (order == 0 && Long.compareUnsigned(entries.idLow(numbers[at]), id.low()) < 0);
    }

    /// Walks upwards. One thread's.
    final class Cursor {
        private final Entries entries;
        private int at;
        private StackId head;

        private Cursor(int at, Entries entries) {
            this.entries = entries;
            this.at = at;
            this.head = entries.id(numbers[at]);
        }

        StackId head() {
            return head;
        }

        /// @return whether there is a next id
        boolean advance() {
            at++;
            if (at == numbers.length) {
                return false;
            }
            head = entries.id(numbers[at]);
            return true;
        }
    }
}
