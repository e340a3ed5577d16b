package dev.stackmapd.upstream;

import dev.stackmapd.upstream.Outcome.Cause;
import dev.stackmapd.upstream.Outcome.Phase;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/// All upstreams asked for one file, on behalf of whoever waits for it. Thread-safe.
///
/// The work belongs to no caller: it ends when it is done, at its deadline, or when the last caller has left.
final class Fetch {
    private final Wanted wanted;
    private final List<Ask> asks;
    private final List<Answer> remembered;
    private final Memory.Page page;
    private final Watch turn;
    private final Deadline deadline;
    private final CompletableFuture<FetchReport> result = new CompletableFuture<>();
    private int callers = 1;

    /// Has one caller; starts nothing.
    ///
    /// @param remembered answers of upstreams that are not asked now
    /// @param page closed at the end of [#run]
    Fetch(Wanted wanted, List<Ask> asks, List<Answer> remembered, Memory.Page page, Watch turn, Deadline deadline) {
        this.wanted = wanted;
        this.asks = List.copyOf(asks);
        this.remembered = List.copyOf(remembered);
        this.page = page;
        this.turn = turn;
        this.deadline = deadline;
    }

    CompletableFuture<FetchReport> result() {
        return result;
    }

    /// @return whether the caller now waits with the others; not if all had left before
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
        stop(new Outcome.Stopped(Cause.ABANDONED));
    }

    void stop(Outcome why) {
        turn.stop(why);
        asks.forEach(ask -> ask.stop(why));
    }

    /// Asks all at once when it is this fetch's turn, and waits for all of them; once one has won, the others end.
    /// Remembers their answers; completing the result is the caller's.
    ///
    /// @param slots how many fetches may run
    FetchReport run(Semaphore slots, Executor threads) {
        try (page) {
            List<Answer> asked = inTurn(slots, threads);
            page.remember(asked);
            return new FetchReport(
                    wanted, Stream.concat(remembered.stream(), asked.stream()).toList());
        }
    }

    private List<Answer> inTurn(Semaphore slots, Executor threads) {
        turn.begin();
        turn.arm(deadline.remaining(), new Outcome.TimedOut(Phase.TURN));
        try {
            slots.acquire();
        } catch (InterruptedException e) {
            Outcome why = turn.settle().orElse(new Outcome.Stopped(Cause.CLOSED));
            return asks.stream().map(ask -> ask.answer(why)).toList();
        }
        try {
            turn.settle();
            List<CompletableFuture<Answer>> running = asks.stream()
                    .map(ask -> CompletableFuture.supplyAsync(ask::run, threads).thenApply(this::ended))
                    .toList();
            awaitAll(running);
            return running.stream().map(CompletableFuture::join).toList();
        } finally {
            slots.release();
        }
    }

    /// A sink that threw must not let the others run on with nobody waiting.
    private static void awaitAll(List<CompletableFuture<Answer>> running) {
        CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
                .handle((all, broken) -> broken == null)
                .join();
    }

    private Answer ended(Answer answer) {
        if (answer.outcome() instanceof Outcome.Fetched) {
            asks.forEach(ask -> ask.stop(new Outcome.Stopped(Cause.LOST)));
        }
        return answer;
    }
}
