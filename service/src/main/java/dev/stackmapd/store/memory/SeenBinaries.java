package dev.stackmapd.store.memory;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.stack.FrameBase;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.store.BinaryStore;
import dev.stackmapd.store.CursorException;
import dev.stackmapd.store.FrameTally;
import dev.stackmapd.store.Page;
import dev.stackmapd.store.SeenBinary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// The [BinaryStore] of the [InMemoryStore]. Thread-safe.
///
/// All forms of a build-id ([BuildId#matches]) denote the same binary, which is shown under the shortest
/// form that occurred, because the kernel only pads ids.
final class SeenBinaries implements BinaryStore {
    /// The nodes of both maps with the build-id, and the sums.
    private static final int BINARY_BYTES = 304;
    /// A string and its list element, without the characters.
    private static final int PATH_BYTES = 72;

    private final FrameBases bases;

    /// The binaries by [BuildId#unpadded].
    private final ConcurrentHashMap<BuildId, BinaryTotals> binaries = new ConcurrentHashMap<>();

    private final ConcurrentSkipListMap<Weight, BinaryTotals> byWeight = new ConcurrentSkipListMap<>();

    SeenBinaries(FrameBases bases) {
        this.bases = bases;
    }

    /// The sort key of a binary: descending by frames, then ascending by build-id.
    private record Weight(long frames, BuildId key) implements Comparable<Weight> {
        @Override
        public int compareTo(Weight other) {
            int order = Long.compare(other.frames, frames);
            return order != 0 ? order : key.compareTo(other.key);
        }

        String cursor() {
            return Long.toHexString(frames) + "-" + key;
        }

        static Weight parse(String cursor) {
            int dash = cursor.indexOf('-');
            Optional<BuildId> key = dash < 0 ? Optional.empty() : BuildId.parse(cursor.substring(dash + 1));
            try {
                return new Weight(
                        Long.parseLong(cursor, 0, Math.max(dash, 0), 16), key.orElseThrow(CursorException::new));
            } catch (NumberFormatException e) {
                throw new CursorException();
            }
        }
    }

    /// The binaries of one batch. Not thread-safe.
    final class BatchBinaries {
        private final FrameTally frames = new FrameTally();
        private final Map<BuildId, Set<String>> paths = new LinkedHashMap<>(); // by the same form

        FrameTally frames() {
            return frames;
        }

        void mapped(BuildId buildId, String path) {
            Set<String> told = paths.computeIfAbsent(buildId.unpadded(), id -> new LinkedHashSet<>());
            if (told.size() < SeenBinary.MAX_PATHS) {
                told.add(path);
            }
        }

        /// Drops the paths, without which a batch may still fit into the budget.
        void forgetPaths() {
            paths.clear();
        }

        /// Returns the maximum of bytes that [#add] takes.
        long cost() {
            long[] sum = {0};
            frames.forEach((base, count, first, last) -> buildId(base).ifPresent(buildId -> {
                BuildId key = buildId.unpadded();
                BinaryTotals known = binaries.get(key);
                sum[0] += known == null ? BINARY_BYTES : 0;
                for (String path : paths.getOrDefault(key, Set.of())) {
                    sum[0] += known != null && known.hasOrIsFull(path) ? 0 : pathCost(path);
                }
            }));
            return sum[0];
        }

        /// Adds the binaries of the batch to the store.
        ///
        /// @return the bytes that were taken
        long add() {
            long[] sum = {0};
            frames.forEach((base, count, first, last) -> buildId(base).ifPresent(buildId -> {
                BuildId key = buildId.unpadded();
                BinaryTotals fresh = new BinaryTotals(buildId);
                BinaryTotals before = binaries.putIfAbsent(key, fresh);
                BinaryTotals seen = before == null ? fresh : before;
                sum[0] += before == null ? BINARY_BYTES : 0;
                seen.shorten(buildId);
                sum[0] += SeenBinaries.this.add(
                        seen, key, paths.getOrDefault(key, Set.of()), new Span(count, first, last));
            }));
            return sum[0];
        }
    }

    /// Returns the binary of a base; empty for a function.
    private Optional<BuildId> buildId(int base) {
        return switch (bases.get(base)) {
            case FrameBase.File(var buildId) -> Optional.of(buildId);
            case FrameBase.Kernel(var buildId) -> Optional.of(buildId);
            case FrameBase.Function _ -> Optional.empty();
        };
    }

    /// A number of frames, and the range of times at which they were seen, in milliseconds since the
    /// epoch.
    private record Span(long frames, long first, long last) {}

    /// Updates both maps for one binary, under its lock.
    private long add(BinaryTotals seen, BuildId key, Set<String> told, Span span) {
        synchronized (seen) {
            Weight before = new Weight(seen.frames, key);
            long bytes = seen.add(told, span);
            Weight now = new Weight(seen.frames, key);
            if (!now.equals(before)) {
                byWeight.put(now, seen);
                byWeight.remove(before);
            }
            return bytes;
        }
    }

    @Override
    public Optional<SeenBinary> find(BuildId buildId) {
        return Optional.ofNullable(binaries.get(buildId.unpadded())).flatMap(BinaryTotals::value);
    }

    /// Returns the name from the first path, without a copy of the other data.
    @Override
    public Optional<String> module(BuildId buildId) {
        BinaryTotals seen = binaries.get(buildId.unpadded());
        return seen == null
                ? Optional.empty()
                : seen.firstPath().map(path -> path.substring(path.lastIndexOf('/') + 1));
    }

    @Override
    public Page<SeenBinary> page(Optional<String> after, int limit) {
        Map<Weight, BinaryTotals> rest =
                after.isPresent() ? byWeight.tailMap(Weight.parse(after.get()), false) : byWeight;
        List<Weight> weights = new ArrayList<>();
        List<SeenBinary> found = new ArrayList<>();
        for (Map.Entry<Weight, BinaryTotals> next : rest.entrySet()) {
            if (weights.size() > limit) {
                break;
            }
            weights.add(next.getKey());
            next.getValue().value().ifPresent(found::add);
        }
        return weights.size() <= limit
                ? new Page<>(found, null)
                : new Page<>(found.subList(0, limit), weights.get(limit - 1).cursor());
    }

    private static long pathCost(String path) {
        return PATH_BYTES + 2L * path.length();
    }

    /// The accumulated data of one binary, guarded by its own lock.
    private static final class BinaryTotals {
        private final List<String> paths = new ArrayList<>(1);
        private long frames;
        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;
        private BuildId buildId;

        BinaryTotals(BuildId buildId) {
            this.buildId = buildId;
        }

        synchronized void shorten(BuildId other) {
            buildId = other.length() < buildId.length() ? other : buildId;
        }

        synchronized Optional<String> firstPath() {
            return paths.isEmpty() ? Optional.empty() : Optional.of(paths.getFirst());
        }

        synchronized boolean hasOrIsFull(String path) {
            return paths.size() == SeenBinary.MAX_PATHS || paths.contains(path);
        }

        synchronized long add(Set<String> told, Span span) {
            frames = FrameTally.saturatingSum(frames, span.frames);
            first = Math.min(first, span.first);
            last = Math.max(last, span.last);
            long bytes = 0;
            for (String path : told) {
                if (!hasOrIsFull(path)) {
                    paths.add(path);
                    bytes += pathCost(path);
                }
            }
            return bytes;
        }

        /// Returns an immutable copy; empty between the insertion into the map and the first addition.
        synchronized Optional<SeenBinary> value() {
            return frames == 0
                    ? Optional.empty()
                    : Optional.of(new SeenBinary(
                            buildId, paths, frames, Instant.ofEpochMilli(first), Instant.ofEpochMilli(last)));
        }
    }
}
