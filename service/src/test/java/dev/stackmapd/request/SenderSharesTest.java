package dev.stackmapd.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SenderSharesTest {

    /// Dynamic thresholds: a sender alone ends at `factor / (factor + 1)` of all units.
    @ParameterizedTest
    @CsvSource({"32, 1, 16", "32, 3, 24", "100, 3, 75", "1, 1, 1", "2, 1, 1", "5, 3, 4"})
    void oneSenderLeavesSomeToOthers(int units, int factor, int most) {
        SenderShares shares = new SenderShares(units, factor);
        assertThat(taken(shares, "a")).isEqualTo(most);
    }

    @Test
    void eachFurtherSenderHasItsShareOfWhatIsLeft() {
        SenderShares shares = new SenderShares(32, 1);
        assertThat(taken(shares, "a")).isEqualTo(16);
        assertThat(taken(shares, "b")).isEqualTo(8);
        assertThat(taken(shares, "c")).isEqualTo(4);
        assertThat(taken(shares, "d")).isEqualTo(2);
        assertThat(taken(shares, "a")).isZero();
        shares.release("a");
        assertThat(taken(shares, "a")).isZero();
        assertThat(taken(shares, "e")).isPositive();
    }

    private static int taken(SenderShares shares, String sender) {
        int units = 0;
        while (shares.acquire(sender, 0)) {
            units++;
        }
        return units;
    }

    @Test
    void whatIsGivenBackGoesToTheFirstThatMayHaveIt() {
        SenderShares shares = new SenderShares(2, 1);
        assertThat(shares.acquire("a", 0)).isTrue();
        assertThat(shares.acquire("b", 0)).isTrue();
        CompletableFuture<Boolean> a = waiting(shares, "a");
        CompletableFuture<Boolean> c = waiting(shares, "c");
        shares.release("b");
        // One is free: too few for `a`, which holds one, although it has waited for longer.
        assertThat(c.join()).isTrue();
        assertThat(a).isNotDone();
        shares.release("a");
        assertThat(a.join()).isTrue();
    }

    private static CompletableFuture<Boolean> waiting(SenderShares shares, String sender) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().start(() -> result.complete(shares.acquire(sender, 30)));
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        return result;
    }

    @Test
    void aWaitThatIsInterruptedTakesNothing() throws Exception {
        SenderShares shares = new SenderShares(1, 1);
        assertThat(shares.acquire("a", 0)).isTrue();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform()
                .start(() -> interrupted.complete(
                        !shares.acquire("b", 30) && Thread.currentThread().isInterrupted()));
        thread.interrupt();
        assertThat(interrupted.join()).isTrue();
        shares.release("a");
        assertThat(shares.acquire("c", 0)).isTrue();
    }

    /// Four senders take and give back at once; never more than there are, and in the end all are free again.
    @Test
    void neverMoreThanThereAreSeed7() throws Exception {
        SenderShares shares = new SenderShares(10, 3);
        AtomicInteger held = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Void>> done = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                Random random = new Random(7 + i);
                String sender = "s" + i % 4;
                done.add(CompletableFuture.runAsync(() -> takeAndGiveBack(shares, sender, held, random), threads));
            }
            done.forEach(CompletableFuture::join);
        }
        assertThat(taken(shares, "other")).isEqualTo(8);
    }

    private static void takeAndGiveBack(SenderShares shares, String sender, AtomicInteger held, Random random) {
        for (int i = 0; i < 500; i++) {
            if (shares.acquire(sender, random.nextInt(2) * 30)) {
                assertThat(held.incrementAndGet()).isLessThanOrEqualTo(10);
                held.decrementAndGet();
                shares.release(sender);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.7, 10.0.0.7",
        "2001:db8:0:7:1:2:3:4, 2001:db8:0:7",
        "2001:db8:0:7:0:0:0:1, 2001:db8:0:7",
        "0:0:0:0:0:0:0:1, 0:0:0:0"
    })
    void anAddressCountsAsItsNetwork(String address, String sender) {
        assertThat(SenderShares.sender(address)).isEqualTo(sender);
    }
}
