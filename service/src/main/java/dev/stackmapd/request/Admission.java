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

/// Bounds how many requests of a kind are held in memory at once. Where requests wait, the senders take turns, one
/// request each, so that a sender of thousands delays a sender of one by no more than one request. Thread-safe.
public final class Admission {
    private static final int WAIT_SECONDS = 10;

    private final String what;

    /// The requests that wait, by sender; the senders in the order of their turns.
    private final Map<String, Deque<Turn>> waiting = new LinkedHashMap<>();

    private int free;

    /// What one request waits for.
    private static final class Turn {
        private final CompletableFuture<Boolean> came = new CompletableFuture<>();
    }

    /// @param what the requests are, for the refusal
    /// @param permits requests at once, at least 1
    public Admission(String what, int permits) {
        this.free = permits;
        this.what = what;
    }

    /// Waits for a permit, which is to be closed when the request has been answered. To be called when the request's
    /// body has arrived: a sender that is slow must hold no permit.
    ///
    /// @throws RejectionException of category `BUSY` where there is none for ten seconds
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

    /// Takes a request out of its queue, unless its turn came at the last moment.
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

    /// A permit among the requests held in memory.
    public interface Permit extends AutoCloseable {
        @Override
        void close();
    }
}
