package dev.stackmapd.request;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Divides a fixed number of equal units (connections, pieces of memory) fairly among senders, which may
/// hold them for any length of time. No sender can hold all units.
///
/// A sender gets another unit while it holds fewer than `factor` times the number of free units: dynamic
/// thresholds, as switches divide their buffers (Choudhury and Hahne, 1998). A single sender can hold
/// `factor / (factor + 1)` of all units. The more the others hold, the smaller every share becomes. A
/// sender that holds nothing gets a unit while one is free. Waiting senders are served in their order;
/// one that exceeds its share does not block those behind it.
///
/// Thread-safe. `acquire` blocks. Each call takes time proportional to the number of waiting senders.
public final class SenderShares {
    private final int factor;
    private final Map<String, Integer> held = new HashMap<>();
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private int free;

    /// A sender that is waiting for a unit.
    private static final class Waiter {
        private final String sender;
        private final CompletableFuture<Boolean> granted = new CompletableFuture<>();

        Waiter(String sender) {
            this.sender = sender;
        }
    }

    /// @param units in all, at least 1
    /// @param factor at least 1
    public SenderShares(int units, int factor) {
        this.free = units;
        this.factor = factor;
    }

    /// Blocks until the sender gets a unit, which it holds until it calls [#release].
    ///
    /// @param sender a network address, or another identity that a client cannot choose freely
    /// @return false if the sender got no unit within `seconds`, or the thread was interrupted, whose
    ///     interrupt status is then set
    public boolean acquire(String sender, int seconds) {
        Waiter waiter = new Waiter(sender);
        synchronized (this) {
            waiting.addLast(waiter);
            grant();
        }
        try {
            return waiter.granted.get(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            // None was free in time.
        }
        return !gaveUp(waiter);
    }

    /// Removes a waiter from the queue. Returns false if it was served at the last moment.
    private synchronized boolean gaveUp(Waiter waiter) {
        return waiting.remove(waiter);
    }

    /// Returns one unit of the sender and serves the waiting senders.
    public synchronized void release(String sender) {
        held.computeIfPresent(sender, (_, units) -> units == 1 ? null : units - 1);
        free++;
        grant();
    }

    private void grant() {
        Iterator<Waiter> waiters = waiting.iterator();
        while (free > 0 && waiters.hasNext()) {
            Waiter waiter = waiters.next();
            int units = held.getOrDefault(waiter.sender, 0);
            if (units < (long) factor * free) {
                waiters.remove();
                held.put(waiter.sender, units + 1);
                free--;
                waiter.granted.complete(true);
            }
        }
    }

    /// Returns the part of an address that its owner cannot choose freely: an IPv6 host owns a network
    /// of 64 bits.
    public static String sender(String address) {
        if (!address.contains(":")) {
            return address;
        }
        String[] groups = address.split(":", -1);
        return groups.length == 8 ? String.join(":", Arrays.copyOf(groups, 4)) : address;
    }
}
