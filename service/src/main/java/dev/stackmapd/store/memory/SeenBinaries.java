package dev.stackmapd.store.memory;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.stack.BuildIds;
import dev.stackmapd.store.FrameTally;
import dev.stackmapd.store.SeenBinary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/// What batches said of binaries. Thread-safe.
///
/// A binary is one whichever form of its build-id frames have ([BuildId#matches]), and is shown under the shortest
/// one that was seen: the kernel only makes them longer.
final class SeenBinaries {
    /// A node of the map with its build-id, and the sums.
    private static final int BINARY_BYTES = 200;
    /// A string and its place in a list, beside the characters.
    private static final int PATH_BYTES = 72;

    private final BuildIds buildIds;

    /// By the form of the build-id that look-ups compare ([BuildId#unpadded]).
    private final ConcurrentSkipListMap<BuildId, Seen> binaries = new ConcurrentSkipListMap<>();

    SeenBinaries(BuildIds buildIds) {
        this.buildIds = buildIds;
    }

    /// What one batch says. For one thread.
    final class OfBatch {
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

        /// Where binaries were mapped is not worth refusing a batch for.
        void forgetPaths() {
            paths.clear();
        }

        /// Bytes that [#add] takes at most.
        long cost() {
            long[] sum = {0};
            frames.forEach((ordinal, count, first, last) -> {
                BuildId key = buildIds.get(ordinal).unpadded();
                Seen known = binaries.get(key);
                sum[0] += known == null ? BINARY_BYTES : 0;
                for (String path : paths.getOrDefault(key, Set.of())) {
                    sum[0] += known != null && known.hasOrIsFull(path) ? 0 : pathCost(path);
                }
            });
            return sum[0];
        }

        /// @return bytes that it took
        long add() {
            long[] sum = {0};
            frames.forEach((ordinal, count, first, last) -> {
                BuildId buildId = buildIds.get(ordinal);
                BuildId key = buildId.unpadded();
                Seen fresh = new Seen(buildId);
                Seen before = binaries.putIfAbsent(key, fresh);
                Seen seen = before == null ? fresh : before;
                sum[0] += before == null ? BINARY_BYTES : 0;
                seen.shorten(buildId);
                sum[0] += seen.add(paths.getOrDefault(key, Set.of()), count, first, last);
            });
            return sum[0];
        }
    }

    Optional<SeenBinary> find(BuildId buildId) {
        return Optional.ofNullable(binaries.get(buildId.unpadded())).flatMap(Seen::value);
    }

    /// Returns the path where a binary was first mapped, without a copy of everything else that is known of it.
    Optional<String> firstPath(BuildId buildId) {
        Seen seen = binaries.get(buildId.unpadded());
        return seen == null ? Optional.empty() : seen.firstPath();
    }

    List<SeenBinary> page(Optional<BuildId> after, int limit) {
        ConcurrentNavigableMap<BuildId, Seen> rest =
                after.isPresent() ? binaries.tailMap(after.get().unpadded(), false) : binaries;
        return rest.values().stream()
                .flatMap(seen -> seen.value().stream())
                .limit(limit)
                .toList();
    }

    void forEach(Consumer<SeenBinary> consumer) {
        binaries.values().forEach(seen -> seen.value().ifPresent(consumer));
    }

    private static long pathCost(String path) {
        return PATH_BYTES + 2L * path.length();
    }

    /// Guarded by itself.
    private static final class Seen {
        private final List<String> paths = new ArrayList<>(1);
        private long frames;
        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;
        private BuildId buildId;

        Seen(BuildId buildId) {
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

        synchronized long add(Set<String> told, long count, long from, long to) {
            frames = FrameTally.saturatingSum(frames, count);
            first = Math.min(first, from);
            last = Math.max(last, to);
            long bytes = 0;
            for (String path : told) {
                if (!hasOrIsFull(path)) {
                    paths.add(path);
                    bytes += pathCost(path);
                }
            }
            return bytes;
        }

        /// Empty for a moment after it was put in its place.
        synchronized Optional<SeenBinary> value() {
            return frames == 0
                    ? Optional.empty()
                    : Optional.of(new SeenBinary(
                            buildId, paths, frames, Instant.ofEpochMilli(first), Instant.ofEpochMilli(last)));
        }
    }
}
