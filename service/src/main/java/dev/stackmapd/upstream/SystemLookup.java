package dev.stackmapd.upstream;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeoutException;

/// Resolves names by the system's resolver, within a time limit.
///
/// A look-up cannot be interrupted and would hold a virtual thread's carrier, so it has platform threads
/// of its own; one that outlives its caller ends when the resolver gives up.
final class SystemLookup implements HostLookup {
    private static final int THREADS = 8;
    private static final int QUEUE = 1_000;

    private final Duration patience;
    private final ThreadPoolExecutor threads;

    SystemLookup(Duration patience) {
        this.patience = patience;
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                1,
                SECONDS,
                new LinkedBlockingQueue<>(QUEUE),
                Thread.ofPlatform().daemon().name("upstream-names-", 0).factory(),
                new ThreadPoolExecutor.AbortPolicy());
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    @SuppressWarnings("AddressSelection") // All addresses are asked for, and each is checked.
    public List<InetAddress> addresses(String host) throws UnknownHostException, InterruptedException {
        Future<InetAddress[]> lookup = submit(host);
        try {
            return List.of(lookup.get(patience.toNanos(), NANOSECONDS));
        } catch (ExecutionException e) {
            throw unknown(host, e);
        } catch (TimeoutException e) {
            throw unknown(host, e);
        } finally {
            lookup.cancel(true);
        }
    }

    private Future<InetAddress[]> submit(String host) throws UnknownHostException {
        try {
            return threads.submit(() -> InetAddress.getAllByName(host));
        } catch (RejectedExecutionException e) {
            throw unknown(host, e);
        }
    }

    private static UnknownHostException unknown(String host, Exception cause) {
        UnknownHostException unknown = new UnknownHostException(host);
        unknown.initCause(cause);
        return unknown;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
