package dev.stackmapd.upstream;

import dev.stackmapd.upstream.CallOutcome.TimeoutPhase;
import dev.stackmapd.upstream.Cancellation.Deadline;
import dev.stackmapd.upstream.DebuginfodUpstreams.ClientContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// The requests of one fetch to one upstream: waits for a slot, asks the circuit breaker, and retries
/// until the outcome is final. For one thread, once.
final class UpstreamCall {
    private final ClientContext context;
    private final UpstreamState source;
    private final FileRequest request;
    private final int missesBefore;
    private final Semaphore slots;
    private final Deadline deadline;
    private final Cancellation cancellation;
    private final HttpAttempt attempt;

    /// @param missesBefore of the last answer of this upstream for the file ([RecordedAnswer#misses])
    UpstreamCall(
            ClientContext context,
            UpstreamState source,
            FetchParameters parameters,
            int missesBefore,
            Cancellation cancellation) {
        this.context = context;
        this.source = source;
        this.request = parameters.request();
        this.missesBefore = missesBefore;
        this.slots = source.slots().get(parameters.forwarded().hops());
        this.deadline = parameters.deadline();
        this.cancellation = cancellation;
        FileDownload download = new FileDownload(context, request, source.upstream(), cancellation, parameters.race());
        this.attempt = new HttpAttempt(context, parameters.forwarded(), cancellation, deadline, download);
    }

    /// The values that all upstream calls of one fetch share.
    record FetchParameters(
            FileRequest request, ForwardedHeaders forwarded, Deadline deadline, FileDownload.Race race) {}

    void stop(CallOutcome why) {
        cancellation.stop(why);
    }

    RecordedAnswer run() {
        cancellation.begin();
        CallOutcome outcome;
        try {
            outcome = waitForTurn();
        } catch (InterruptedException e) {
            outcome = stoppedOr(new CallOutcome.Stopped(CallOutcome.StopReason.CLOSED));
        } finally {
            cancellation.settle();
        }
        return answer(outcome);
    }

    RecordedAnswer answer(CallOutcome outcome) {
        Instant now = context.clock().instant();
        int misses = outcome instanceof CallOutcome.NotFound ? missesBefore + 1 : missesBefore;
        return new RecordedAnswer(
                source.upstream(), outcome, now, now.plus(context.ttls().of(outcome, misses)), misses);
    }

    private CallOutcome waitForTurn() throws InterruptedException {
        cancellation.arm(deadline.remaining(), new CallOutcome.TimedOut(TimeoutPhase.TURN));
        slots.acquire();
        source.inFlight().incrementAndGet();
        try {
            return throughBreaker();
        } finally {
            source.inFlight().decrementAndGet();
            slots.release();
        }
    }

    private CallOutcome throughBreaker() {
        Optional<Duration> refusal = source.breaker().refusal(context.clock().instant());
        if (refusal.isPresent()) {
            cancellation.settle();
            return new CallOutcome.BreakerOpen(refusal.get());
        }
        long answersBefore = source.breaker().answers();
        CallOutcome outcome = new CallOutcome.Stopped(CallOutcome.StopReason.CLOSED);
        try {
            outcome = stoppedOr(untilFinal());
        } catch (InterruptedException e) {
            outcome = stoppedOr(outcome);
        } finally {
            source.breaker().record(outcome, answersBefore, context.clock().instant());
        }
        return outcome;
    }

    /// Returns the reason of the cancellation if the thread was stopped, because a stopped thread fails
    /// in many ways.
    private CallOutcome stoppedOr(CallOutcome outcome) {
        Optional<CallOutcome> reason = cancellation.settle();
        return outcome instanceof CallOutcome.Fetched ? outcome : reason.orElse(outcome);
    }

    private CallOutcome untilFinal() throws InterruptedException {
        CallOutcome outcome = attempt.run(source.upstream().locate(request));
        for (int retry = 0; retry < context.limits().retries() && mayPass(outcome); retry++) {
            Duration pause = pause(outcome, retry);
            if (pause.compareTo(deadline.within(context.limits().longestPause())) > 0) {
                return outcome;
            }
            cancellation.arm(deadline.remaining(), outcome);
            Thread.sleep(pause);
            outcome = attempt.run(source.upstream().locate(request));
        }
        return outcome;
    }

    private static boolean mayPass(CallOutcome outcome) {
        return HttpAttempt.isConnectError(outcome)
                || (outcome instanceof CallOutcome.Failed(int status, Duration after)
                        && (status == 429 || (status >= 502 && status <= 504)));
    }

    /// Returns the pause before a retry, which doubles each time. A random half keeps clients that
    /// failed at the same time from retrying at the same time.
    private Duration pause(CallOutcome outcome, int retry) {
        long full = context.limits().retryPause().toNanos() << retry;
        Duration own = Duration.ofNanos(ThreadLocalRandom.current().nextLong(full / 2, full + 1));
        return outcome instanceof CallOutcome.Failed(int status, Duration after) && after.compareTo(own) > 0
                ? after
                : own;
    }

    /// One upstream with the state that is shared by all requests to it.
    ///
    /// @param slots by number of hops, shared with other upstreams on the same host
    record UpstreamState(Upstream upstream, List<Semaphore> slots, CircuitBreaker breaker, AtomicInteger inFlight) {

        UpstreamHealth health(Instant now) {
            return new UpstreamHealth(upstream, breaker.state(now), inFlight.get());
        }
    }
}
