package dev.stackmapd.resolve.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.process.Device;
import dev.stackmapd.resolve.linux.HostFileThreads.TrackedCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Work that waits for a latch stands for a system call that does not return.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostFileThreadsTest {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final FailureDomain DISK = FailureDomain.ofFileSystem(new Device(8, 1));
    private static final FailureDomain NFS = FailureDomain.ofFileSystem(new Device(0, 50));
    private static final FailureDomain MOUNT_POINT =
            FailureDomain.ofMountPoint(new Device(8, 1), 17, PathName.of(new byte[] {'m'}));

    private final HostFileThreads threads = new HostFileThreads(3);
    private final CountDownLatch answer = new CountDownLatch(1);

    @AfterEach
    void close() {
        answer.countDown();
        threads.close();
    }

    @Test
    void workIsDoneAndWhatItThrowsComesOut() {
        assertThat(threads.call(DISK, LONG, call -> 7)).contains(7);
        assertThat(threads.ofProcess(1, LONG, () -> 8)).contains(8);
        IllegalStateException thrown = new IllegalStateException();
        assertThatThrownBy(() -> threads.call(DISK, LONG, call -> {
                    throw thrown;
                }))
                .isSameAs(thrown);
        for (int i = 0; i < 1000; i++) {
            assertThat(threads.call(DISK, LONG, call -> 9))
                    .as("threads are freed")
                    .contains(9);
        }
    }

    @Test
    void aPlaceThatDoesNotAnswerIsLeftAloneUntilItDoes() {
        assertThat(threads.call(NFS, SHORT, this::hang)).isEmpty();
        assertThat(threads.lost()).isEqualTo(1);

        for (int i = 0; i < 10; i++) {
            assertThat(threads.call(NFS, LONG, HostFileThreadsTest::never)).isEmpty();
            assertThat(threads.call(DISK, LONG, enter(NFS))).as("on the way").isEmpty();
        }
        assertThat(threads.call(DISK, LONG, call -> 7)).as("other places").contains(7);
        assertThat(threads.lost()).isEqualTo(1);

        answer.countDown();
        await().until(() -> threads.lost() == 0);
        assertThat(threads.call(NFS, LONG, call -> 8)).contains(8);
    }

    @Test
    void thePlaceThatCountsIsTheOneThatWasEnteredLast() {
        assertThat(threads.call(DISK, SHORT, call -> {
                    call.enter(MOUNT_POINT);
                    call.enter(NFS);
                    return hang(call);
                }))
                .isEmpty();

        assertThat(threads.call(DISK, LONG, call -> 1)).contains(1);
        assertThat(threads.call(MOUNT_POINT, LONG, call -> 2)).contains(2);
        assertThat(threads.call(NFS, LONG, HostFileThreadsTest::never)).isEmpty();
    }

    /// A thread that comes back goes on, and may get lost at another place.
    @Test
    void aLostThreadTakesItsBreakerAlong() {
        CountDownLatch first = new CountDownLatch(1);
        assertThat(threads.call(MOUNT_POINT, SHORT, call -> {
                    awaitFor(first);
                    call.enter(NFS);
                    return hang(call);
                }))
                .isEmpty();
        assertThat(threads.call(NFS, LONG, call -> 1)).contains(1);

        first.countDown();
        await().until(() -> threads.call(MOUNT_POINT, LONG, call -> 2).isPresent());
        assertThat(threads.call(NFS, LONG, HostFileThreadsTest::never)).isEmpty();
        assertThat(threads.lost()).isEqualTo(1);
    }

    /// Two threads come to a place at once, before either is known to be lost.
    @Test
    void theBreakerStaysOpenUntilAllHaveComeBack() throws InterruptedException {
        CountDownLatch one = new CountDownLatch(1);
        Thread other = Thread.ofPlatform().start(() -> {
            var _ = threads.call(NFS, SHORT, this::hang);
        });
        assertThat(threads.call(NFS, SHORT, call -> {
                    awaitFor(one);
                    return 1;
                }))
                .isEmpty();
        other.join();
        if (threads.lost() == 2) {
            one.countDown();
            await().until(() -> threads.lost() == 1);
        }
        assertThat(threads.call(NFS, LONG, HostFileThreadsTest::never)).isEmpty();
        one.countDown();
    }

    @Test
    void whenAllThreadsAreLostEveryCallEndsAtOnceUntilOneComesBack() {
        List<CountDownLatch> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            CountDownLatch mine = new CountDownLatch(1);
            answers.add(mine);
            assertThat(threads.call(FailureDomain.ofProcess(i + 1), SHORT, call -> {
                        awaitFor(mine);
                        return 1;
                    }))
                    .isEmpty();
        }
        assertThat(threads.lost()).isEqualTo(3);
        assertThat(threads.call(DISK, LONG, HostFileThreadsTest::never)).isEmpty();

        answers.getFirst().countDown();
        await().until(() -> threads.lost() == 2);
        await().until(() -> threads.call(DISK, LONG, call -> 7).isPresent());
        answers.forEach(CountDownLatch::countDown);
    }

    @Test
    void afterTheEndNothingIsDone() {
        assertThat(threads.call(NFS, SHORT, this::hang)).isEmpty();
        threads.close();
        assertThat(threads.call(DISK, LONG, HostFileThreadsTest::never)).isEmpty();
    }

    private int hang(TrackedCall call) {
        awaitFor(answer);
        return 0;
    }

    private static int never(TrackedCall call) {
        assertThat(call).as("must not run").isNull();
        return 0;
    }

    private static Function<TrackedCall, Integer> enter(FailureDomain place) {
        return call -> {
            call.enter(place);
            throw new AssertionError("must not be entered");
        };
    }

    private static void awaitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
