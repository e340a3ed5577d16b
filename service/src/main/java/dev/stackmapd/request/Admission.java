package dev.stackmapd.request;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Bounds how many requests of one type are held in memory at once. Waiting senders are served
/// round-robin, one request each, so a sender of thousands of requests delays a sender of one by at most
/// one request. Thread-safe.
public final class Admission {
    private static final int WAIT_SECONDS = 10;

    private final String what;

    /// The waiting requests by sender. The map iterates over the senders in the order in which they are
    /// served.
    private final Map<String, Deque<Turn>> waiting = new LinkedHashMap<>();

    private int free;

    /// A waiting request. The future completes when the request gets a permit.
    private static final class Turn {
        private final CompletableFuture<Boolean> came = new CompletableFuture<>();
    }

    /// @param what names the requests in the text of a rejection, in the plural
    /// @param permits the maximum number of requests at once, at least 1
    public Admission(String what, int permits) {
        this.free = permits;
        this.what = what;
    }

    /// Blocks until a permit is free. The caller closes the permit when the request has been answered.
    /// It must call this method only after the request's body has arrived, so that a slow sender holds
    /// no permit.
    ///
    /// @throws RejectionException of category `BUSY` if no permit becomes free within ten seconds or the
    ///     thread is interrupted
    public Permit enter(String sender) {
        Turn turn = new Turn();
        synchronized (this) {
            if (free > 0) {
                free--;
                return this::leave;
            }
            waiting.computeIfAbsent(sender, _ -> new ArrayDeque<>()).addLast(turn);
        }
        try {
            turn.came.get(WAIT_SECONDS, TimeUnit.SECONDS);
            return this::leave;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            // No turn came in time.
        }
        if (!gaveUp(sender, turn)) {
            return this::leave;
        }
        throw RejectionException.of(RejectionException.Category.BUSY, "too many %s at once".formatted(what));
    }

    /// Removes a request from its queue. Returns false if the request got a permit at the last moment.
    private synchronized boolean gaveUp(String sender, Turn turn) {
        Deque<Turn> queue = waiting.get(sender);
        if (queue == null || !queue.remove(turn)) {
            return false;
        }
        if (queue.isEmpty()) {
            waiting.remove(sender);
        }
        return true;
    }

    private synchronized void leave() {
        Iterator<Map.Entry<String, Deque<Turn>>> senders = waiting.entrySet().iterator();
        if (!senders.hasNext()) {
            free++;
            return;
        }
        Map.Entry<String, Deque<Turn>> next = senders.next();
        String sender = next.getKey();
        Deque<Turn> queue = next.getValue();
        senders.remove();
        queue.removeFirst().came.complete(true);
        if (!queue.isEmpty()) {
            waiting.put(sender, queue);
        }
    }

    /// The right to hold one request in memory. Closing it passes the permit to the next waiting
    /// request.
    public interface Permit extends AutoCloseable {
        @Override
        void close();
    }
}
