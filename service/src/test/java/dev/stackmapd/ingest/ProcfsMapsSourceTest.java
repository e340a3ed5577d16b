package dev.stackmapd.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.stackmapd.request.RejectionException;
import dev.stackmapd.resolve.linux.HostFileThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ProcfsMapsSourceTest {
    private static final int OWN = (int) ProcessHandle.current().pid();
    private static final int MAX_MAPS = 8 << 20;

    private final HostFileThreads threads = new HostFileThreads(2);
    private final CountDownLatch answer = new CountDownLatch(1);

    @AfterEach
    void close() {
        answer.countDown();
        threads.close();
    }

    @Test
    void readsTheMapsOfAProcess() {
        assertThat(maps(MAX_MAPS).of(OWN, "maps").vmas().size()).isGreaterThan(10);
    }

    /// The maps of a batch stay in memory until it was taken, and a process may be named many times.
    @Test
    void allMapsOfABatchTogetherAreLimited() throws IOException {
        long length = Files.readAllBytes(Path.of("/proc/self/maps")).length;
        ProcfsMapsSource maps = maps(length + length / 2);
        assertThat(maps.of(OWN, "processes[0].maps").vmas().size()).isPositive();
        assertThatExceptionOfType(RejectionException.class)
                .isThrownBy(() -> maps.of(OWN, "processes[1].maps"))
                .satisfies(refused -> {
                    assertThat(refused.category()).isEqualTo(RejectionException.Category.TOO_LARGE);
                    assertThat(refused.field()).isEqualTo("processes[1].maps");
                });
    }

    /// A thread of the process may hold its memory for as long as a file system does not answer.
    @Test
    void aProcessThatDoesNotAnswerRefusesTheBatchForNow() {
        assertThat(threads.ofProcess(OWN, Duration.ofMillis(20), this::hang)).isEmpty();
        assertThatExceptionOfType(RejectionException.class)
                .isThrownBy(() -> maps(MAX_MAPS).of(OWN, "processes[0].maps"))
                .satisfies(refused -> {
                    assertThat(refused.category()).isEqualTo(RejectionException.Category.BUSY);
                    assertThat(refused.field()).isEqualTo("processes[0].maps");
                });
    }

    private int hang() {
        try {
            answer.await();
            return 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private ProcfsMapsSource maps(long maxBatchBytes) {
        return new ProcfsMapsSource(threads, MAX_MAPS, maxBatchBytes);
    }
}
