package dev.stackmapd.artifact.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReaderCountTest {
    private final ReaderCount readers = new ReaderCount();

    @Test
    void theLastReaderOfARetiredResourceReleasesIt() {
        assertThat(readers.enter()).isTrue();
        assertThat(readers.enter()).isTrue();
        assertThat(readers.leave()).isFalse();
        assertThat(readers.retire()).isFalse();
        assertThat(readers.enter()).isFalse();
        assertThat(readers.isIdle()).isFalse();
        assertThat(readers.leave()).isTrue();
    }

    @Test
    void withoutReadersTheFirstToRetireItReleasesIt() {
        assertThat(readers.isIdle()).isTrue();
        assertThat(readers.retire()).isTrue();
        assertThat(readers.retire()).isFalse();
        assertThat(readers.retireIfIdle()).isFalse();
        assertThat(readers.isIdle()).isFalse();
    }

    @Test
    void isRetiredOnlyWhileItIsIdle() {
        assertThat(readers.enter()).isTrue();
        assertThat(readers.retireIfIdle()).isFalse();
        assertThat(readers.leave()).isFalse();
        assertThat(readers.retireIfIdle()).isTrue();
        assertThat(readers.enter()).isFalse();
        readers.revive();
        assertThat(readers.enter()).isTrue();
    }

    /// However readers and the one that retires are interleaved, exactly one releases.
    @Test
    void isReleasedOnce() throws Exception {
        for (int round = 0; round < 500; round++) {
            ReaderCount count = new ReaderCount();
            CountDownLatch start = new CountDownLatch(1);
            Callable<Boolean> reader = () -> {
                start.await();
                return count.enter() && count.leave();
            };
            Callable<Boolean> owner = () -> {
                start.await();
                return count.retire();
            };
            long released = 0;
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Boolean>> results = Stream.of(reader, reader, owner, reader, reader)
                        .map(threads::submit)
                        .toList();
                start.countDown();
                for (Future<Boolean> result : results) {
                    released += result.get() ? 1 : 0;
                }
            }
            assertThat(released).isOne();
        }
    }
}
