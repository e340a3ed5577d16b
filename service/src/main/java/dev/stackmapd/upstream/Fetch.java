package dev.stackmapd.upstream;

import dev.stackmapd.upstream.CallOutcome.StopReason;
import dev.stackmapd.upstream.CallOutcome.TimeoutPhase;
import dev.stackmapd.upstream.Cancellation.Deadline;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/// One file requested from all upstreams, shared by all callers that wait for it. Thread-safe.
///
/// A fetch belongs to no caller: it ends when it is complete, at its deadline, or when the last caller
/// has left.
final class Fetch {
    private final FileRequest request;
    private final List<UpstreamCall> calls;
    private final List<RecordedAnswer> remembered;
    private final AnswerCache.PendingAnswers pending;
    private final Cancellation turn;
    private final Deadline deadline;
    private final CompletableFuture<FetchReport> result = new CompletableFuture<>();
    private int callers = 1;

    /// Creates a fetch with one caller; [#run] starts it.
    ///
    /// @param remembered cached answers of upstreams that are not asked now
    /// @param pending closed at the end of [#run]
    Fetch(
            FileRequest request,
            List<UpstreamCall> calls,
            List<RecordedAnswer> remembered,
            AnswerCache.PendingAnswers pending,
            Cancellation turn,
            Deadline deadline) {
        this.request = request;
        this.calls = List.copyOf(calls);
        this.remembered = List.copyOf(remembered);
        this.pending = pending;
        this.turn = turn;
        this.deadline = deadline;
    }

    CompletableFuture<FetchReport> result() {
        return result;
    }

    /// @return true if the caller has joined; false if all callers had left before
    synchronized boolean join() {
        if (callers == 0) {
            return false;
        }
        callers++;
        return true;
    }

    void leave() {
        synchronized (this) {
            callers--;
            if (callers > 0) {
                return;
            }
        }
        stop(new CallOutcome.Stopped(StopReason.ABANDONED));
    }

    void stop(CallOutcome why) {
        turn.stop(why);
        calls.forEach(call -> call.stop(why));
    }

    /// Waits for a slot, asks all upstreams concurrently, and blocks until all calls have ended; once
    /// one has won, the others are stopped. Caches their answers. The caller completes [#result].
    ///
    /// @param slots limit the fetches that run at once
    FetchReport run(Semaphore slots, Executor threads) {
        try (pending) {
            List<RecordedAnswer> asked = inTurn(slots, threads);
            pending.remember(asked);
            return new FetchReport(
                    request, Stream.concat(remembered.stream(), asked.stream()).toList());
        }
    }

    private List<RecordedAnswer> inTurn(Semaphore slots, Executor threads) {
        turn.begin();
        turn.arm(deadline.remaining(), new CallOutcome.TimedOut(TimeoutPhase.TURN));
        try {
            slots.acquire();
        } catch (InterruptedException e) {
            CallOutcome why = turn.settle().orElse(new CallOutcome.Stopped(StopReason.CLOSED));
            return calls.stream().map(call -> call.answer(why)).toList();
        }
        try {
            turn.settle();
            List<CompletableFuture<RecordedAnswer>> running = calls.stream()
                    .map(call ->
                            CompletableFuture.supplyAsync(call::run, threads).thenApply(this::ended))
                    .toList();
            awaitAll(running);
            return running.stream().map(CompletableFuture::join).toList();
        } finally {
            slots.release();
        }
    }

    /// Waits for all calls, also if one has thrown, so that none runs on without a caller.
    private static void awaitAll(List<CompletableFuture<RecordedAnswer>> running) {
        CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
                .handle((all, broken) -> broken == null)
                .join();
    }

    private RecordedAnswer ended(RecordedAnswer answer) {
        if (answer.outcome() instanceof CallOutcome.Fetched) {
            calls.forEach(call -> call.stop(new CallOutcome.Stopped(StopReason.LOST)));
        }
        return answer;
    }
}
