package dev.stackmapd.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stackmapd.elfcore.elf.BuildId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A bounded cache of the last answer of each upstream for each file. Thread-safe.
///
/// If answers are removed while a fetch runs, its own answers may be older than the removal; they are
/// not cached when it ends ([PendingAnswers]).
final class AnswerCache {
    private static final int LONG_NAME = 256;

    private final Cache<FileRequest, Map<Upstream, RecordedAnswer>> answers;
    private final Set<PendingAnswers> open = new HashSet<>();

    AnswerCache(UpstreamLimits limits) {
        this.answers = Caffeine.newBuilder()
                .maximumWeight(limits.maxRemembered())
                .weigher(AnswerCache::weight)
                .build();
    }

    /// Returns the weight of an entry. Clients may ask for source files of any name, so a long name
    /// weighs more.
    private static int weight(FileRequest request, Map<Upstream, RecordedAnswer> known) {
        return 1 + request.part().segments().length() / LONG_NAME;
    }

    Optional<RecordedAnswer> recall(FileRequest request, Upstream upstream) {
        return Optional.ofNullable(
                answers.asMap().getOrDefault(request, Map.of()).get(upstream));
    }

    /// Opens the cache for the answers of one fetch, before it reads or asks anything; the fetch closes
    /// it when it has ended.
    synchronized PendingAnswers open(FileRequest request) {
        PendingAnswers pending = new PendingAnswers(request);
        open.add(pending);
        return pending;
    }

    private synchronized void close(PendingAnswers pending) {
        open.remove(pending);
    }

    private synchronized void remember(PendingAnswers pending, List<RecordedAnswer> asked) {
        Map<Upstream, RecordedAnswer> fresh = new HashMap<>();
        for (RecordedAnswer answer : asked) {
            if (pending.takes(answer)) {
                fresh.put(answer.upstream(), answer);
            }
        }
        if (!fresh.isEmpty()) {
            answers.asMap().merge(pending.request, Map.copyOf(fresh), AnswerCache::newer);
        }
    }

    private static Map<Upstream, RecordedAnswer> newer(
            Map<Upstream, RecordedAnswer> before, Map<Upstream, RecordedAnswer> fresh) {
        Map<Upstream, RecordedAnswer> both = new HashMap<>(before);
        both.putAll(fresh);
        return Map.copyOf(both);
    }

    /// Removes the answers for a build-id, by a pass over the whole cache, because a key has also the
    /// source file's name.
    synchronized void forget(BuildId buildId) {
        answers.asMap().keySet().removeIf(request -> request.buildId().matches(buildId));
        open.stream()
                .filter(pending -> pending.request.buildId().matches(buildId))
                .forEach(pending -> pending.forgotten = true);
    }

    synchronized void forget(Upstream upstream) {
        open.forEach(pending -> pending.forgottenUpstreams.add(upstream));
        for (FileRequest request : answers.asMap().keySet()) {
            answers.asMap().computeIfPresent(request, (key, known) -> {
                Map<Upstream, RecordedAnswer> others = new HashMap<>(known);
                others.remove(upstream);
                return others.isEmpty() ? null : Map.copyOf(others);
            });
        }
    }

    /// The answers of one running fetch, which knows what was removed meanwhile. Guarded by the cache's
    /// lock.
    final class PendingAnswers implements AutoCloseable {
        private final FileRequest request;
        private final Set<Upstream> forgottenUpstreams = new HashSet<>();
        private boolean forgotten;

        private PendingAnswers(FileRequest request) {
            this.request = request;
        }

        void remember(List<RecordedAnswer> asked) {
            AnswerCache.this.remember(this, asked);
        }

        /// Returns true if the answer is to be cached. A stopped request gives no information and leaves
        /// the former answer.
        private boolean takes(RecordedAnswer answer) {
            return !forgotten
                    && !forgottenUpstreams.contains(answer.upstream())
                    && !(answer.outcome() instanceof CallOutcome.Stopped);
        }

        @Override
        public void close() {
            AnswerCache.this.close(this);
        }
    }
}
