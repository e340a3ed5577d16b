package dev.stackmapd.upstream;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.upstream.CallOutcome.StopReason;
import dev.stackmapd.upstream.Cancellation.Deadline;
import dev.stackmapd.upstream.FileDownload.Race;
import dev.stackmapd.upstream.UpstreamCall.UpstreamState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Fetches files from debuginfod servers. Thread-safe.
///
/// A fetch asks all upstreams at once, each on a virtual thread of its own that streams into a
/// [DownloadSink] of its own. The first upstream whose sink has verified and kept the file wins; the
/// other threads are interrupted, which closes their sockets. All callers that request the same file
/// share one fetch. Requests that came through other servers share a fetch, and slots, only with
/// requests of the same number of hops: if servers form a loop, a request would otherwise wait for
/// itself, or for a slot of a request that waits for it.
///
/// An upstream with a negative answer is not asked again until [RecordedAnswer#askAgainAfter]; [#forget]
/// (after an upload) and [#reset] (after a repair) remove such answers. Cached answers expire by the
/// wall clock, deadlines by the monotonic clock.
public final class DebuginfodUpstreams implements AutoCloseable {
    private final List<UpstreamState> sources;
    private final ClientContext context;
    private final AnswerCache answerCache;
    private final List<Semaphore> slots; // by number of hops
    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService fetching;
    private final ExecutorService asking;
    private final Map<Key, Fetch> running = new HashMap<>();
    private boolean closed;

    private record Key(FileRequest request, int hops) {}

    /// Creates a client; this sends no request.
    ///
    /// @param upstreams the servers to ask, all with the same priority; duplicates are ignored
    public DebuginfodUpstreams(
            List<Upstream> upstreams,
            UpstreamLimits limits,
            NegativeTtls ttls,
            AddressRules rules,
            DownloadSinkFactory intake) {
        this(upstreams, limits, ttls, rules, intake, InstantSource.system(), new SystemLookup(limits.connect()));
    }

    /// @param names used instead of the system's resolver
    DebuginfodUpstreams(
            List<Upstream> upstreams,
            UpstreamLimits limits,
            NegativeTtls ttls,
            AddressRules rules,
            DownloadSinkFactory intake,
            InstantSource clock,
            HostLookup names) {
        this.sources = sources(upstreams, limits);
        this.context = new ClientContext(limits, ttls, rules, names, new Transport(limits), intake, clock);
        this.answerCache = new AnswerCache(limits);
        this.slots = slots(limits.maxFetches(), limits);
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("upstream-deadlines").factory());
        timer.setRemoveOnCancelPolicy(true);
        this.fetching = virtualThreads("upstream-fetch-");
        this.asking = virtualThreads("upstream-");
    }

    private static ExecutorService virtualThreads(String name) {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name(name, 0).factory());
    }

    private static List<UpstreamState> sources(List<Upstream> upstreams, UpstreamLimits limits) {
        Map<String, List<Semaphore>> hosts = new HashMap<>();
        return new LinkedHashSet<>(upstreams)
                .stream()
                        .map(upstream -> new UpstreamState(
                                upstream,
                                hosts.computeIfAbsent(upstream.host(), host -> slots(limits.maxPerHost(), limits)),
                                new CircuitBreaker(limits),
                                new AtomicInteger()))
                        .toList();
    }

    /// Returns one semaphore for each number of hops that a request may have.
    private static List<Semaphore> slots(int permits, UpstreamLimits limits) {
        return Stream.generate(() -> new Semaphore(permits, true))
                .limit(limits.maxHops())
                .toList();
    }

    /// Joins the running fetch of this file, or starts one; does not block. The caller checks before
    /// whether the file is held locally. For an htlhash no server is asked, because the protocol does
    /// not have it.
    ///
    /// @param forwarded of the caller that starts a fetch; those of callers that join it are not sent
    public PendingFetch join(FileRequest request, ForwardedHeaders forwarded) {
        if (forwarded.hops() >= context.limits().maxHops()) {
            return answered(request, unasked(new CallOutcome.Refused(CallOutcome.RefusalRule.HOPS)));
        }
        if (request.buildId().kind() == BuildId.Kind.HTLHASH) {
            return answered(request, List.of());
        }
        List<RecordedAnswer> known = known(request);
        if (known.size() == sources.size()) {
            return answered(request, known);
        }
        Optional<Fetch> fetch = joinOrStart(new Key(request, forwarded.hops()), forwarded);
        return fetch.map(joined -> new PendingFetch(joined.result(), joined::leave))
                .orElseGet(() -> answered(request, unasked(new CallOutcome.Stopped(StopReason.CLOSED))));
    }

    /// Returns an empty value if the client is closed.
    private Optional<Fetch> joinOrStart(Key key, ForwardedHeaders forwarded) {
        synchronized (running) {
            if (closed) {
                return Optional.empty();
            }
            Fetch current = running.get(key);
            if (current != null && current.join()) {
                return Optional.of(current);
            }
            Fetch fetch = prepare(key.request(), forwarded);
            running.put(key, fetch);
            fetching.execute(() -> run(key, fetch));
            return Optional.of(fetch);
        }
    }

    /// Removes the fetch before it completes its result, so that a caller that has seen the end of a
    /// fetch does not join it again.
    private void run(Key key, Fetch fetch) {
        try {
            FetchReport report = fetch.run(slots.get(key.hops()), asking);
            takeOff(key, fetch);
            fetch.result().complete(report);
        } catch (RuntimeException | Error e) {
            takeOff(key, fetch);
            fetch.result().completeExceptionally(e);
            throw e;
        }
    }

    private void takeOff(Key key, Fetch fetch) {
        synchronized (running) {
            running.remove(key, fetch);
        }
    }

    /// Joins or starts a fetch and blocks until it has ended, [UpstreamLimits#whole] at most. An
    /// interrupted caller leaves the fetch.
    public FetchReport fetch(FileRequest request, ForwardedHeaders forwarded) throws InterruptedException {
        try (PendingFetch waiting = join(request, forwarded)) {
            return waiting.await();
        }
    }

    private static PendingFetch answered(FileRequest request, List<RecordedAnswer> answers) {
        return new PendingFetch(CompletableFuture.completedFuture(new FetchReport(request, answers)), () -> {});
    }

    /// Returns the same answer for every upstream, without a request.
    private List<RecordedAnswer> unasked(CallOutcome why) {
        Instant now = context.clock().instant();
        return sources.stream()
                .map(source -> new RecordedAnswer(source.upstream(), why, now, now, 0))
                .toList();
    }

    private List<RecordedAnswer> known(FileRequest request) {
        return sources.stream()
                .flatMap(source -> known(request, source).stream())
                .toList();
    }

    private Optional<RecordedAnswer> known(FileRequest request, UpstreamState source) {
        return answerCache
                .recall(request, source.upstream())
                .filter(answer -> answer.holds(context.clock().instant()));
    }

    private int misses(FileRequest request, UpstreamState source) {
        return answerCache
                .recall(request, source.upstream())
                .map(RecordedAnswer::misses)
                .orElse(0);
    }

    private Fetch prepare(FileRequest request, ForwardedHeaders forwarded) {
        Deadline deadline = Deadline.after(context.limits().whole());
        UpstreamCall.FetchParameters parameters =
                new UpstreamCall.FetchParameters(request, forwarded, deadline, new Race());
        AnswerCache.PendingAnswers pending = answerCache.open(request);
        List<RecordedAnswer> known = new ArrayList<>();
        List<UpstreamCall> calls = new ArrayList<>();
        for (UpstreamState source : sources) {
            known(request, source)
                    .ifPresentOrElse(
                            known::add,
                            () -> calls.add(new UpstreamCall(
                                    context, source, parameters, misses(request, source), new Cancellation(timer))));
        }
        return new Fetch(request, calls, known, pending, new Cancellation(timer), deadline);
    }

    /// Returns the last answer of each upstream for a file, expired ones included; upstreams that were
    /// never asked have none.
    public List<RecordedAnswer> answers(FileRequest request) {
        return sources.stream()
                .flatMap(source -> answerCache.recall(request, source.upstream()).stream())
                .toList();
    }

    /// Removes all cached answers for a build-id in any of its forms ([BuildId#matches]), so that the
    /// next fetch asks all upstreams. A running fetch continues, and callers that join it get its
    /// answers, but these are not cached.
    public void forget(BuildId buildId) {
        answerCache.forget(buildId);
    }

    /// Closes an upstream's circuit breaker and removes its cached answers, after an operator has
    /// repaired it.
    ///
    /// @return true if there is such an upstream
    public boolean reset(Upstream upstream) {
        List<UpstreamState> meant = sources.stream()
                .filter(source -> source.upstream().equals(upstream))
                .toList();
        meant.forEach(source -> source.breaker().reset());
        answerCache.forget(upstream);
        return !meant.isEmpty();
    }

    /// Returns the state of all upstreams, in the operator's order.
    public List<UpstreamHealth> health() {
        Instant now = context.clock().instant();
        return sources.stream().map(source -> source.health(now)).toList();
    }

    /// Returns the number of fetches that run or wait for a slot.
    public int fetches() {
        synchronized (running) {
            return running.size();
        }
    }

    /// Stops all fetches and rejects new ones; does not block. Their callers get a report at once
    /// ([FetchReport#isCutShort]).
    public void stop() {
        synchronized (running) {
            closed = true;
            running.values().forEach(fetch -> fetch.stop(new CallOutcome.Stopped(StopReason.CLOSED)));
        }
    }

    /// Stops all fetches and waits until their threads have ended.
    @Override
    public void close() {
        stop();
        fetching.close();
        asking.close();
        timer.shutdownNow();
        context.transport().close();
        context.names().close();
    }

    /// The collaborators and limits that all requests of a client share.
    record ClientContext(
            UpstreamLimits limits,
            NegativeTtls ttls,
            AddressRules rules,
            HostLookup names,
            Transport transport,
            DownloadSinkFactory intake,
            InstantSource clock) {}
}
