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

/// The last answer of each upstream for each file, bounded in number. Thread-safe.
///
/// What is forgotten while a fetch runs stays forgotten: its answers may be older than the reason for forgetting, so
/// they are not remembered when it ends ([Page]).
final class Memory {
    private static final int LONG_NAME = 256;

    private final Cache<Wanted, Map<Upstream, Answer>> answers;
    private final Set<Page> open = new HashSet<>();

    Memory(UpstreamLimits limits) {
        this.answers = Caffeine.newBuilder()
                .maximumWeight(limits.maxRemembered())
                .weigher(Memory::weight)
                .build();
    }

    /// A stranger may ask for source files of any name; a long one counts for several.
    private static int weight(Wanted wanted, Map<Upstream, Answer> known) {
        return 1 + wanted.part().segments().length() / LONG_NAME;
    }

    Optional<Answer> recall(Wanted wanted, Upstream upstream) {
        return Optional.ofNullable(
                answers.asMap().getOrDefault(wanted, Map.of()).get(upstream));
    }

    /// To be opened before a fetch asks or recalls anything, and closed when it has ended.
    synchronized Page open(Wanted wanted) {
        Page page = new Page(wanted);
        open.add(page);
        return page;
    }

    private synchronized void close(Page page) {
        open.remove(page);
    }

    private synchronized void remember(Page page, List<Answer> asked) {
        Map<Upstream, Answer> fresh = new HashMap<>();
        for (Answer answer : asked) {
            if (page.takes(answer)) {
                fresh.put(answer.upstream(), answer);
            }
        }
        if (!fresh.isEmpty()) {
            answers.asMap().merge(page.wanted, Map.copyOf(fresh), Memory::newer);
        }
    }

    private static Map<Upstream, Answer> newer(Map<Upstream, Answer> before, Map<Upstream, Answer> fresh) {
        Map<Upstream, Answer> both = new HashMap<>(before);
        both.putAll(fresh);
        return Map.copyOf(both);
    }

    /// One pass over all that is remembered: source files have any name.
    synchronized void forget(BuildId buildId) {
        answers.asMap().keySet().removeIf(wanted -> wanted.buildId().matches(buildId));
        open.stream().filter(page -> page.wanted.buildId().matches(buildId)).forEach(page -> page.forgotten = true);
    }

    synchronized void forget(Upstream upstream) {
        open.forEach(page -> page.forgottenUpstreams.add(upstream));
        for (Wanted wanted : answers.asMap().keySet()) {
            answers.asMap().computeIfPresent(wanted, (key, known) -> {
                Map<Upstream, Answer> others = new HashMap<>(known);
                others.remove(upstream);
                return others.isEmpty() ? null : Map.copyOf(others);
            });
        }
    }

    /// Where the answers of one fetch will be written. Guarded by the memory.
    final class Page implements AutoCloseable {
        private final Wanted wanted;
        private final Set<Upstream> forgottenUpstreams = new HashSet<>();
        private boolean forgotten;

        private Page(Wanted wanted) {
            this.wanted = wanted;
        }

        void remember(List<Answer> asked) {
            Memory.this.remember(this, asked);
        }

        /// Requests that were given up say nothing of an upstream, and leave what was known before.
        private boolean takes(Answer answer) {
            return !forgotten
                    && !forgottenUpstreams.contains(answer.upstream())
                    && !(answer.outcome() instanceof Outcome.Stopped);
        }

        @Override
        public void close() {
            Memory.this.close(this);
        }
    }
}
