package dev.stackmapd.dedupe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.stack.Stack;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [StackMap] promises. A map may refuse a stack; then none of this is about that stack.
public abstract class StackMapContract<I extends Comparable<I>, S> {
    private static final int STACKS = 1_500;

    /// Returns an empty map that can hold thousands of stacks.
    protected abstract StackMap<I, S> open();

    /// The stack with this number; different numbers are different stacks.
    protected abstract S offered(int number);

    /// What must come back for it.
    protected abstract Stack expected(int number);

    @Test
    void tst02StacksComeBackAsTheyWere() {
        StackMap<I, S> map = open();
        List<Optional<I>> ids = IntStream.range(0, STACKS)
                .mapToObj(number -> accepted(map.offer(offered(number))))
                .toList();
        assertThat(ids).filteredOn(Optional::isPresent).hasSizeGreaterThan(STACKS / 2);
        for (int number = 0; number < STACKS; number++) {
            if (ids.get(number).isPresent()) {
                assertThat(map.get(ids.get(number).get())).contains(expected(number));
            }
        }
    }

    @Test
    void aKnownStackKeepsItsId() {
        StackMap<I, S> map = open();
        for (int number = 0; number < 100; number++) {
            if (map.offer(offered(number)) instanceof Insertion.Stored<I>(I id)) {
                assertThat(map.offer(offered(number))).isEqualTo(new Insertion.AlreadyThere<>(id));
            }
        }
        assertThat(map.first(1000)).hasSize(map.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1024, Integer.MAX_VALUE})
    void pagesOfAnySizeListEveryIdOnceAscending(int limit) {
        StackMap<I, S> map = open();
        Set<I> ids = new TreeSet<>();
        int stacks = limit == 1 ? 200 : STACKS;
        for (int number = 0; number < stacks; number++) {
            accepted(map.offer(offered(number))).ifPresent(ids::add);
        }
        assertThat(pages(map, limit)).containsExactlyElementsOf(ids);
        assertThat(map.size()).isEqualTo(ids.size());
    }

    @Test
    void anEmptyMapListsNothing() {
        assertThat(open().first(10)).isEmpty();
        assertThat(open().size()).isZero();
    }

    /// Both directions, under concurrent writers of overlapping stacks.
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void tst01IdsReturnedAreIdsListed(long seed) throws Exception {
        StackMap<I, S> map = open();
        Set<I> returned = ConcurrentHashMap.newKeySet();
        together(64, thread -> {
            Random random = new Random(seed * 64 + thread);
            for (int i = 0; i < 500; i++) {
                accepted(map.offer(offered(random.nextInt(STACKS)))).ifPresent(returned::add);
            }
        });
        assertThat(new HashSet<>(pages(map, 100))).isEqualTo(returned);
        assertThat(map.size()).isEqualTo(returned.size());
    }

    @Test
    void racingOffersOfOneStackStoreItOnce() throws Exception {
        StackMap<I, S> map = open();
        Collection<Insertion<I>> outcomes = Collections.synchronizedList(new ArrayList<>());
        for (int number = 0; number < 50; number++) {
            int offered = number;
            outcomes.clear();
            together(8, thread -> outcomes.add(map.offer(offered(offered))));
            if (accepted(outcomes.iterator().next()).isPresent()) {
                assertThat(outcomes)
                        .filteredOn(Insertion.Stored.class::isInstance)
                        .hasSize(1);
                assertThat(outcomes)
                        .filteredOn(Insertion.AlreadyThere.class::isInstance)
                        .hasSize(7);
            }
        }
    }

    /// What was returned can be read at once; what was there before a walk is in it; and what a walk lists can be
    /// read.
    @Test
    void readersSeeWholeStacksWhileWritersWrite() throws Exception {
        StackMap<I, S> map = open();
        Set<I> before = new TreeSet<>();
        for (int number = 0; number < 500; number++) {
            accepted(map.offer(offered(number))).ifPresent(before::add);
        }
        together(16, thread -> {
            if (thread < 4) {
                List<I> walked = pages(map, 50);
                assertThat(walked).isSorted().doesNotHaveDuplicates().containsAll(before);
                walked.forEach(id -> assertThat(map.get(id)).isPresent());
            } else {
                for (int number = 500 + 100 * thread; number < 700 + 100 * thread; number++) {
                    int each = number;
                    accepted(map.offer(offered(each)))
                            .ifPresent(id -> assertThat(map.get(id)).contains(expected(each)));
                }
            }
        });
    }

    protected static <I> Optional<I> accepted(Insertion<I> insertion) {
        return switch (insertion) {
            case Insertion.Stored<I>(I id) -> Optional.of(id);
            case Insertion.AlreadyThere<I>(I id) -> Optional.of(id);
            case Insertion.Replaced<I>(I id) -> Optional.of(id);
            case Insertion.Collided<I> collided -> Optional.empty();
            case Insertion.Invalid<I> invalid -> throw new AssertionError(invalid);
            case Insertion.NoRoom<I> noRoom -> Optional.empty();
        };
    }

    protected static <I> List<I> pages(StackMap<I, ?> map, int limit) {
        List<I> all = new ArrayList<>();
        for (List<I> page = map.first(limit); !page.isEmpty(); page = map.after(page.getLast(), limit)) {
            assertThat(page).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page);
        }
        return all;
    }

    protected interface ThreadTask {
        void run(int thread) throws Exception;
    }

    /// Runs all parts at once, each on its own thread, and waits for all.
    protected static void together(int threads, ThreadTask part) throws Exception {
        CountDownLatch start = new CountDownLatch(threads);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<Void>> parts = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int number = thread;
                parts.add(executor.submit(() -> {
                    start.countDown();
                    start.await();
                    part.run(number);
                    return null;
                }));
            }
            for (Future<Void> done : parts) {
                done.get();
            }
        }
    }
}
