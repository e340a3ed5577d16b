package dev.stackmapd.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    /// A sender of one request waits for one turn of the sender of many, not for all its requests.
    @Test
    void sendersTakeTurns() throws Exception {
        Admission admission = new Admission("tests", 1);
        Admission.Permit first = admission.enter("many");
        List<String> order = new CopyOnWriteArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (String sender : List.of("many", "many", "many", "one", "two", "two")) {
            threads.add(waiting(admission, sender, order));
        }
        first.close();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(order).containsExactly("many", "one", "two", "many", "two", "many");
        admission.enter("afterwards").close();
    }

    private static Thread waiting(Admission admission, String sender, List<String> order) {
        Thread thread = Thread.ofVirtual().start(() -> {
            try (Admission.Permit _ = admission.enter(sender)) {
                order.add(sender);
            }
        });
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        return thread;
    }

    @Test
    void asManyAsThereArePlacesEnterAtOnce() {
        Admission admission = new Admission("tests", 2);
        Admission.Permit one = admission.enter("a");
        Admission.Permit two = admission.enter("a");
        CompletableFuture<Admission.Permit> third = CompletableFuture.supplyAsync(() -> admission.enter("a"));
        await().during(Duration.ofMillis(100)).until(() -> !third.isDone());
        one.close();
        third.join().close();
        two.close();
    }

    @Test
    void anInterruptedWaitIsBusyAndTakesNoPlace() throws Exception {
        Admission admission = new Admission("tests", 1);
        Admission.Permit place = admission.enter("a");
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                admission.enter("b").close();
            } catch (RejectionException e) {
                thrown.complete(e);
            }
        });
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        thread.interrupt();
        assertThat(thrown.join()).hasMessageContaining("too many tests at once");
        place.close();
        admission.enter("c").close();
    }

    @Test
    void aWaitOfTenSecondsIsBusy() {
        Admission admission = new Admission("tests", 1);
        Admission.Permit place = admission.enter("a");
        assertThatThrownBy(() -> admission.enter("a")).isInstanceOf(RejectionException.class);
        place.close();
        admission.enter("a").close();
    }
}
