package dev.stackmapd.upstream;

import dev.stackmapd.upstream.Outcome.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;

/// One upstream's part in one fetch: its turn, its breaker, and tries until the outcome is final.
final class Ask {
    private final Surroundings around;
    private final Source source;
    private final Wanted wanted;
    private final int missesBefore;
    private final Semaphore slots;
    private final Deadline deadline;
    private final Watch watch;
    private final Attempt attempt;

    /// @param missesBefore of the last answer of this upstream for the file ([Answer#misses])
    Ask(Surroundings around, Source source, Question question, int missesBefore, Watch watch) {
        this.around = around;
        this.source = source;
        this.wanted = question.wanted();
        this.missesBefore = missesBefore;
        this.slots = source.slots().get(question.via().hops());
        this.deadline = question.deadline();
        this.watch = watch;
        Delivery delivery = new Delivery(around, wanted, source.upstream(), watch, question.race());
        this.attempt = new Attempt(around, question.via(), watch, deadline, delivery);
    }

    /// What all upstreams of one fetch are asked.
    record Question(Wanted wanted, Via via, Deadline deadline, Delivery.Race race) {}

    void stop(Outcome why) {
        watch.stop(why);
    }

    Answer run() {
        watch.begin();
        Outcome outcome;
        try {
            outcome = waitForTurn();
        } catch (InterruptedException e) {
            outcome = stoppedOr(new Outcome.Stopped(Outcome.Cause.CLOSED));
        } finally {
            watch.settle();
        }
        return answer(outcome);
    }

    Answer answer(Outcome outcome) {
        Instant now = around.clock().instant();
        int misses = outcome instanceof Outcome.NotFound ? missesBefore + 1 : missesBefore;
        return new Answer(
                source.upstream(), outcome, now, now.plus(around.lives().of(outcome, misses)), misses);
    }

    private Outcome waitForTurn() throws InterruptedException {
        watch.arm(deadline.remaining(), new Outcome.TimedOut(Phase.TURN));
        slots.acquire();
        source.inFlight().incrementAndGet();
        try {
            return throughBreaker();
        } finally {
            source.inFlight().decrementAndGet();
            slots.release();
        }
    }

    private Outcome throughBreaker() {
        Optional<Duration> refusal = source.breaker().refusal(around.clock().instant());
        if (refusal.isPresent()) {
            watch.settle();
            return new Outcome.BreakerOpen(refusal.get());
        }
        long answersBefore = source.breaker().answers();
        Outcome outcome = new Outcome.Stopped(Outcome.Cause.CLOSED);
        try {
            outcome = stoppedOr(untilFinal());
        } catch (InterruptedException e) {
            outcome = stoppedOr(outcome);
        } finally {
            source.breaker().record(outcome, answersBefore, around.clock().instant());
        }
        return outcome;
    }

    /// A stopped thread fails in many ways; what counts is why it was stopped.
    private Outcome stoppedOr(Outcome outcome) {
        Optional<Outcome> reason = watch.settle();
        return outcome instanceof Outcome.Fetched ? outcome : reason.orElse(outcome);
    }

    private Outcome untilFinal() throws InterruptedException {
        Outcome outcome = attempt.run(source.upstream().locate(wanted));
        for (int retry = 0; retry < around.limits().retries() && mayPass(outcome); retry++) {
            Duration pause = pause(outcome, retry);
            if (pause.compareTo(deadline.within(around.limits().longestPause())) > 0) {
                return outcome;
            }
            watch.arm(deadline.remaining(), outcome);
            Thread.sleep(pause);
            outcome = attempt.run(source.upstream().locate(wanted));
        }
        return outcome;
    }

    private static boolean mayPass(Outcome outcome) {
        return Attempt.isConnectError(outcome)
                || (outcome instanceof Outcome.Failed(int status, Duration after)
                        && (status == 429 || (status >= 502 && status <= 504)));
    }

    /// Doubles each time; a random half keeps many who failed together from coming back together.
    private Duration pause(Outcome outcome, int retry) {
        long full = around.limits().retryPause().toNanos() << retry;
        Duration own = Duration.ofNanos(ThreadLocalRandom.current().nextLong(full / 2, full + 1));
        return outcome instanceof Outcome.Failed(int status, Duration after) && after.compareTo(own) > 0 ? after : own;
    }
}
