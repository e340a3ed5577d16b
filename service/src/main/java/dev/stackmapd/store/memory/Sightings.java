package dev.stackmapd.store.memory;

import dev.stackmapd.series.SampleType;
import dev.stackmapd.series.Series;
import dev.stackmapd.series.TimeBuckets;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.store.SightingStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The [SightingStore] of the [InMemoryStore]: one [SightingTable] for each series and time bucket.
///
/// The size is bounded in bytes: when the budget is exhausted, the tables that were written least
/// recently are evicted, each as a whole. Thread-safe. One lock guards the set of tables, and each table
/// has a lock for its rows, so that writers of different series do not block each other. A table is not
/// evicted while a batch is writing to it.
final class Sightings implements SightingStore {
    /// A table of the initial size, with its key and map entry.
    private static final long CELL_BYTES = 260;
    private static final long SERIES_BYTES = 240;
    private static final long LABEL_BYTES = 160;

    private final long maxBytes;
    private final IntFunction<StackId> ids;
    private final Map<SeriesBucket, SightingTable> cells =
            new LinkedHashMap<>(16, 0.75f, true); // guarded by this; oldest write first
    private final Map<Series, KnownSeries> known = new HashMap<>(); // guarded by this; the series of these cells
    private final Map<SampleType, KnownType> types = new HashMap<>(); // guarded by this; their types
    private long bytes; // guarded by this; of cells, rows and series, and what is reserved
    private long forgotten; // guarded by this

    /// @param maxBytes budget of sightings
    /// @param ids returns the id of an entry
    Sightings(long maxBytes, IntFunction<StackId> ids) {
        this.maxBytes = maxBytes;
        this.ids = ids;
    }

    /// A series in a time bucket. The keys are comparable, so that a hash table is searched as a tree if
    /// senders choose series and times with the same hash.
    private record SeriesBucket(Series series, long bucket) implements Comparable<SeriesBucket> {
        @Override
        public int compareTo(SeriesBucket other) {
            int order = Long.compare(bucket, other.bucket);
            return order != 0 ? order : series.compareTo(other.series);
        }
    }

    /// A series that has tables, and their number.
    private static final class KnownSeries {
        private final Series series;
        private int cells;

        KnownSeries(Series series) {
            this.series = series;
        }
    }

    /// A type that series have, with its aggregation and the number of these series.
    private static final class KnownType {
        private final SampleType.Aggregation aggregation;
        private int series;

        KnownType(SampleType.Aggregation aggregation) {
            this.aggregation = aggregation;
        }
    }

    /// The sightings of one batch. Not thread-safe.
    final class BatchSightings {
        private final Map<SeriesBucket, Integer> numbers = new HashMap<>();
        private final List<SeriesBucket> touched = new ArrayList<>();
        private final List<Set<Long>> instants = new ArrayList<>(); // of each of these, at which a gauge reported
        private final Set<Series> series = new HashSet<>();
        private final Map<SampleType, SampleType.Aggregation> aggregations =
                new HashMap<>(); // kept before, or first in this batch
        private int[] cellOf = new int[64]; // for each stack
        private int size;
        private @Nullable SeriesBucket last;
        private int lastNumber;
        private SampleType.Aggregation lastAggregation = SampleType.Aggregation.SUM;
        private long reserved;

        /// Adds a sighting of the next stack.
        ///
        /// @param time milliseconds since the epoch
        void add(Series in, SampleType.Aggregation aggregation, long time) {
            if (size == cellOf.length) {
                cellOf = Arrays.copyOf(cellOf, size * 2);
            }
            long bucket = TimeBuckets.of(time);
            if (last == null || last.bucket != bucket || !last.series.equals(in)) {
                last = new SeriesBucket(in, bucket);
                series.add(in);
                lastAggregation = aggregations.computeIfAbsent(in.type(), type -> aggregation(type, aggregation));
                lastNumber = numbers.computeIfAbsent(last, this::touch);
            }
            if (lastAggregation == SampleType.Aggregation.GAUGE) {
                instants.get(lastNumber).add(time);
            }
            cellOf[size++] = lastNumber;
        }

        private int touch(SeriesBucket cell) {
            touched.add(cell);
            instants.add(lastAggregation == SampleType.Aggregation.GAUGE ? new HashSet<>() : Set.of());
            return touched.size() - 1;
        }

        /// Reserves the maximum of bytes that [#commit] takes, and evicts old sightings if necessary.
        ///
        /// @return false if there is not enough space; nothing is reserved then
        boolean reserve() {
            reserved = cost();
            return Sightings.this.reserve(reserved);
        }

        long cost() {
            return size * SightingTable.ROW_BYTES
                    + touched.size() * CELL_BYTES
                    + series.stream().mapToLong(Sightings::bytes).sum();
        }

        /// Stores the sightings within the reservation.
        ///
        /// @param entries of each stack
        /// @param values of each stack
        void commit(int[] entries, long[] values) {
            List<SightingTable> rows = begin();
            long added = 0;
            for (int i = 0; i < rows.size(); i++) {
                rows.get(i).addSnapshots(instants.get(i).size());
            }
            int from = 0;
            while (from < size) {
                int to = from + 1;
                while (to < size && cellOf[to] == cellOf[from]) {
                    to++;
                }
                added += rows.get(cellOf[from]).add(entries, values, from, to);
                from = to;
            }
            end(rows, added);
        }

        /// Returns the tables to write to. Bytes of new tables and series are taken from the
        /// reservation.
        private List<SightingTable> begin() {
            synchronized (Sightings.this) {
                long before = bytes;
                List<SightingTable> rows = new ArrayList<>(touched.size());
                for (SeriesBucket cell : touched) {
                    rows.add(rows(cell, aggregations.getOrDefault(cell.series.type(), SampleType.Aggregation.SUM)));
                }
                reserved -= bytes - before;
                bytes = before;
                return rows;
            }
        }

        private void end(List<SightingTable> rows, long added) {
            synchronized (Sightings.this) {
                rows.forEach(written -> written.writers--);
                bytes += added * SightingTable.ROW_BYTES - reserved;
            }
        }
    }

    /// Reserves bytes, and evicts old sightings if necessary. Evicts nothing if `wanted` exceeds the
    /// whole budget.
    private synchronized boolean reserve(long wanted) {
        if (wanted > maxBytes) {
            return false;
        }
        Iterator<Map.Entry<SeriesBucket, SightingTable>> oldest =
                cells.entrySet().iterator();
        while (wanted > maxBytes - bytes && oldest.hasNext()) {
            Map.Entry<SeriesBucket, SightingTable> next = oldest.next();
            if (next.getValue().writers == 0) {
                oldest.remove();
                forget(next.getKey(), next.getValue());
            }
        }
        if (wanted > maxBytes - bytes) {
            return false;
        }
        bytes += wanted;
        return true;
    }

    private void forget(SeriesBucket cell, SightingTable rows) {
        forgotten++;
        bytes -= CELL_BYTES + rows.size() * SightingTable.ROW_BYTES;
        known.computeIfPresent(cell.series, (series, use) -> {
            use.cells--;
            if (use.cells > 0) {
                return use;
            }
            bytes -= bytes(series);
            types.computeIfPresent(series.type(), (_, typed) -> {
                typed.series--;
                return typed.series > 0 ? typed : null;
            });
            return null;
        });
    }

    /// Returns the table of a series-bucket, and registers the calling batch as a writer.
    private SightingTable rows(SeriesBucket cell, SampleType.Aggregation aggregation) {
        SightingTable there = cells.get(cell);
        if (there == null) {
            there = new SightingTable();
            KnownSeries series = known(cell.series, aggregation);
            series.cells++;
            cells.put(new SeriesBucket(series.series, cell.bucket), there);
            bytes += CELL_BYTES;
        }
        there.writers++;
        return there;
    }

    private KnownSeries known(Series series, SampleType.Aggregation aggregation) {
        KnownSeries there = known.get(series);
        if (there == null) {
            there = new KnownSeries(series);
            known.put(series, there);
            bytes += bytes(series);
            types.computeIfAbsent(series.type(), _ -> new KnownType(aggregation)).series++;
        }
        return there;
    }

    private static long bytes(Series series) {
        long sum = SERIES_BYTES;
        for (Map.Entry<String, String> label : series.labels().byName().entrySet()) {
            sum += LABEL_BYTES
                    + 2L * (label.getKey().length() + label.getValue().length());
        }
        return sum;
    }

    @Override
    public synchronized List<Series> series() {
        return known.keySet().stream().sorted().toList();
    }

    @Override
    public SampleType.Aggregation aggregation(SampleType type) {
        return aggregation(type, type.usualAggregation());
    }

    /// @param given the result for a type that no series has
    private synchronized SampleType.Aggregation aggregation(SampleType type, SampleType.Aggregation given) {
        KnownType typed = types.get(type);
        return typed == null ? given : typed.aggregation;
    }

    @Override
    public void scan(Predicate<Series> which, long from, long to, Visitor visitor) {
        Map<SeriesBucket, SightingTable> found = cells(which, from, to);
        List<SeriesBucket> order = new ArrayList<>(found.keySet());
        order.sort(Comparator.comparing(SeriesBucket::series).thenComparingLong(SeriesBucket::bucket));
        for (SeriesBucket cell : order) {
            SightingTable.Snapshot rows =
                    found.getOrDefault(cell, new SightingTable()).copy();
            visitor.bucket(cell.series, cell.bucket, rows.snapshots());
            for (int i = 0; i < rows.size(); i++) {
                visitor.sighting(ids.apply(rows.entry(i)), rows.value(i));
            }
        }
    }

    private synchronized Map<SeriesBucket, SightingTable> cells(Predicate<Series> which, long from, long to) {
        Map<SeriesBucket, SightingTable> found = new HashMap<>();
        cells.forEach((cell, rows) -> {
            if (cell.bucket >= from && cell.bucket < to && which.test(cell.series)) {
                found.put(cell, rows);
            }
        });
        return found;
    }

    /// Returns the bytes that sightings take, including reservations.
    synchronized long bytes() {
        return bytes;
    }

    /// Returns the number of evicted series-buckets since the start.
    synchronized long forgotten() {
        return forgotten;
    }
}
