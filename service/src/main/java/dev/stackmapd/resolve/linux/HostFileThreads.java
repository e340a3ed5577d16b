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

/// Threads that make system calls on files and processes of this host.
///
/// Such a call may never return: a network file system lost its server, a FUSE daemon answers nothing, the
/// memory of a process is locked. No flag of Linux prevents that, and nothing but the file system frees the
/// thread. So a caller waits until a deadline and goes on without an answer; its thread is *lost* until the
/// call returns.
///
/// A circuit breaker for each [FailureDomain] bounds how many are lost: while a thread is lost at a place, it is open,
/// and other work that comes there ends at once. It closes when the thread comes back, which is the only sign
/// of life that a file system gives, so there is no probing that would lose more threads. Beyond that the
/// number of threads is fixed. When all are lost, every call ends at once until one comes back. Threads are
/// daemons: those that are lost do not keep the process from ending, unless the kernel does.
///
/// Safe for any number of threads.
public final class HostFileThreads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostFileThreads.class);

    private static final long IDLE_SECONDS = 30;

    private final Semaphore free;
    private final ThreadPoolExecutor threads;
    private final Map<FailureDomain, Integer> lostIn = new HashMap<>(); // threads lost at each; guarded by this
    private int lost; // guarded by this

    /// @param count of calls that may be under way at once, including those that do not return
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

    /// Thrown on one of the threads where another one is lost already.
    static final class CircuitOpenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CircuitOpenException() {
            super("no answer", null, false, false);
        }
    }

    /// Work on one of the threads. Tells where it is, so that it is known what does not answer.
    public final class TrackedCall {
        private FailureDomain domain; // guarded by HostFileThreads.this
        private boolean ended; // guarded by HostFileThreads.this
        private boolean givenUp; // guarded by HostFileThreads.this

        private TrackedCall(FailureDomain first) {
            this.domain = first;
        }

        /// Says where the next calls go.
        ///
        /// @throws CircuitOpenException where they would not return
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
                    LOG.warn("a look-up of a file does not return: {} ({} threads wait for such)", domain, lost);
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

    /// Reads something of a process, and waits for it.
    ///
    /// @param pid 1 or more
    /// @return empty where the kernel did not answer in time, or is not expected to
    public <T> Optional<T> ofProcess(int pid, Duration deadline, Supplier<T> work) {
        return call(FailureDomain.ofProcess(pid), deadline, call -> work.get());
    }

    /// Has work done, and waits for it. Unchecked exceptions come out as they are.
    ///
    /// @param first where the work begins
    /// @return empty where it was not done before the deadline, or is not expected to be
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

    /// Frees the thread before its caller goes on, which may have the next work at once.
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

    /// Threads that wait for a call that does not return.
    public synchronized int lost() {
        return lost;
    }

    /// Lets threads that are idle end. Does not wait for those that are lost.
    @Override
    public void close() {
        threads.shutdown();
    }
}
