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

/// A number of equal units (places, pieces of memory) that senders hold for as long as they like, so that none can have
/// them all.
///
/// A sender gets another unit while it holds fewer than `factor` times as many as are free: dynamic thresholds,
/// as switches divide their buffers (Choudhury and Hahne, 1998). A sender alone can have `factor / (factor +
/// 1)` of all; the more others hold, the smaller every share becomes, and a sender that holds nothing gets a
/// unit while one is free. Senders that wait are served in their order, except that one over its share does not
/// keep the next from its turn.
///
/// Thread-safe. `acquire` blocks; a change costs time in proportion to the senders that wait.
public final class SenderShares {
    private final int factor;
    private final Map<String, Integer> held = new HashMap<>();
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private int free;

    /// A sender that waits for a unit.
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

    /// Waits for a unit, which the sender holds until it calls [#release].
    ///
    /// @param sender a network address, or what else cannot be chosen at will
    /// @return false where there was none in time; the thread is interrupted again where that was the reason
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

    /// Takes a waiter out of the queue, unless it was served at the last moment.
    private synchronized boolean gaveUp(Waiter waiter) {
        return waiting.remove(waiter);
    }

    /// Gives a unit back.
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

    /// Returns the part of an address that its owner cannot choose at will: an IPv6 host has a network of 64 bits.
    public static String sender(String address) {
        if (!address.contains(":")) {
            return address;
        }
        String[] groups = address.split(":", -1);
        return groups.length == 8 ? String.join(":", Arrays.copyOf(groups, 4)) : address;
    }
}
