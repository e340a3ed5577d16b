package dev.stackmapd.resolve.linux;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A thread pool for system calls on files and processes of this host.
///
/// Such a call may never return: a network file system has lost its server, a FUSE daemon does not
/// respond, the memory of a process is locked. No flag of Linux prevents that, and only the file system
/// can release the thread. A caller therefore waits until a deadline and continues without a result; the
/// thread is *lost* until the call returns.
///
/// A circuit breaker for each [FailureDomain] bounds the number of lost threads: while a thread is lost
/// in a domain, the breaker is open, and other work that enters the domain fails immediately. It closes
/// when the thread returns. There is no half-open state, because a probe would lose another thread. The
/// number of threads is fixed. While all are lost, every call fails immediately. The threads are
/// daemons, so lost ones do not prevent the JVM from exiting, unless the kernel does.
///
/// Thread-safe.
public final class HostFileThreads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostFileThreads.class);

    private static final long IDLE_SECONDS = 30;

    private final Semaphore free;
    private final ThreadPoolExecutor threads;
    private final Map<FailureDomain, Integer> lostIn = new HashMap<>(); // threads lost in each domain; guarded by this
    private int lost; // guarded by this

    /// @param count maximum number of concurrent calls, including those that do not return
    public HostFileThreads(int count) {
        this.free = new Semaphore(count);
        this.threads = new ThreadPoolExecutor(
                count,
                count,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("host-files-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /// The work entered a failure domain in which another thread is lost.
    static final class CircuitOpenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CircuitOpenException() {
            super("no answer", null, false, false);
        }
    }

    /// Work on one of the threads. It records the failure domain that it is in, so that the breaker of
    /// the right domain opens if a call does not return.
    public final class TrackedCall {
        private FailureDomain domain; // guarded by HostFileThreads.this
        private boolean ended; // guarded by HostFileThreads.this
        private boolean givenUp; // guarded by HostFileThreads.this

        private TrackedCall(FailureDomain first) {
            this.domain = first;
        }

        /// Records the failure domain of the next system calls.
        ///
        /// @throws CircuitOpenException if the breaker of the domain is open
        public void enter(FailureDomain next) {
            synchronized (HostFileThreads.this) {
                if (next.equals(domain)) {
                    return;
                }
                if (lostIn.containsKey(next)) {
                    throw new CircuitOpenException();
                }
                if (givenUp) {
                    answered(domain);
                    lostIn.merge(next, 1, Integer::sum);
                }
                domain = next;
            }
        }

        private void giveUp() {
            synchronized (HostFileThreads.this) {
                if (!ended) {
                    givenUp = true;
                    lost++;
                    lostIn.merge(domain, 1, Integer::sum);
                    LOG.warn("a system call on a file does not return: {} ({} threads are blocked)", domain, lost);
                }
            }
        }

        private void end() {
            synchronized (HostFileThreads.this) {
                ended = true;
                if (givenUp) {
                    lost--;
                    answered(domain);
                }
            }
        }
    }

    /// Runs work that reads from `/proc/<pid>`, and blocks until it has finished.
    ///
    /// @param pid 1 or more
    /// @return empty if the work did not finish before the deadline, the breaker is open, or all threads
    ///     are busy
    public <T> Optional<T> ofProcess(int pid, Duration deadline, Supplier<T> work) {
        return call(FailureDomain.ofProcess(pid), deadline, call -> work.get());
    }

    /// Runs work on one of the threads, and blocks until it has finished. Rethrows the unchecked
    /// exceptions of the work.
    ///
    /// @param first the failure domain in which the work begins
    /// @return empty if the work did not finish before the deadline, a breaker is open, or all threads
    ///     are busy
    public <T> Optional<T> call(FailureDomain first, Duration deadline, Function<TrackedCall, T> work) {
        if (isOpen(first) || !free.tryAcquire()) {
            return Optional.empty();
        }
        TrackedCall call = new TrackedCall(first);
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            threads.execute(() -> run(call, work, answer));
        } catch (RejectedExecutionException e) {
            free.release(); // the service is stopping
            return Optional.empty();
        }
        return await(call, answer, deadline);
    }

    private static <T> Optional<T> await(TrackedCall call, CompletableFuture<T> answer, Duration deadline) {
        try {
            return Optional.of(answer.get(deadline.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            call.giveUp();
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            call.giveUp();
            return Optional.empty();
        } catch (ExecutionException e) {
            return switch (requireNonNull(e.getCause())) {
                case CircuitOpenException open -> Optional.empty();
                case RuntimeException thrown -> throw thrown;
                case Error thrown -> throw thrown;
                case Throwable other -> throw new IllegalStateException(other);
            };
        }
    }

    /// Releases the permit before the caller continues, because the caller may submit its next work
    /// immediately.
    private <T> void run(TrackedCall call, Function<TrackedCall, T> work, CompletableFuture<T> answer) {
        T done;
        try {
            done = work.apply(call);
        } catch (RuntimeException | Error e) {
            end(call);
            answer.completeExceptionally(e);
            return;
        }
        end(call);
        answer.complete(done);
    }

    private void end(TrackedCall call) {
        call.end();
        free.release();
    }

    private synchronized boolean isOpen(FailureDomain domain) {
        return lostIn.containsKey(domain);
    }

    private synchronized void answered(FailureDomain domain) {
        lostIn.computeIfPresent(domain, (_, threads) -> threads > 1 ? threads - 1 : null);
    }

    /// Returns the number of threads that wait for a call that does not return.
    public synchronized int lost() {
        return lost;
    }

    /// Ends idle threads. Does not wait for lost ones.
    @Override
    public void close() {
        threads.shutdown();
    }
}
