package dev.stackmapd.upstream;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.upstream.Delivery.Race;
import dev.stackmapd.upstream.Outcome.Cause;
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
/// A fetch asks all upstreams at once, each on a virtual thread of its own that streams into a [Sink] of
/// its own; the first whose sink has verified and kept the file wins, and the others are stopped by
/// interrupting them, which closes their sockets. However many callers want the same file, one fetch runs.
/// Callers that came through other servers share only with those that came as far, and have slots of their
/// own: where servers form a loop, a request would otherwise wait for itself, or for a slot that another
/// one holds which waits for it.
///
/// An upstream that said no is not asked again while that answer holds ([Answer#askAgainAfter]); [#forget] after an
/// upload, [#reset] after a repair. Time is a clock's for what is remembered, and the machine's for deadlines.
public final class DebuginfodUpstreams implements AutoCloseable {
    private final List<Source> sources;
    private final Surroundings around;
    private final Memory memory;
    private final List<Semaphore> slots; // by number of hops
    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService fetching;
    private final ExecutorService asking;
    private final Map<Key, Fetch> running = new HashMap<>();
    private boolean closed;

    private record Key(Wanted wanted, int hops) {}

    /// Sends nothing yet.
    ///
    /// @param upstreams asked all alike; one named twice counts once
    public DebuginfodUpstreams(
            List<Upstream> upstreams, UpstreamLimits limits, NegativeLives lives, AddressRules rules, Intake intake) {
        this(upstreams, limits, lives, rules, intake, InstantSource.system(), new SystemLookup(limits.connect()));
    }

    /// @param names asked instead of the system's resolver
    DebuginfodUpstreams(
            List<Upstream> upstreams,
            UpstreamLimits limits,
            NegativeLives lives,
            AddressRules rules,
            Intake intake,
            InstantSource clock,
            HostLookup names) {
        this.sources = sources(upstreams, limits);
        this.around = new Surroundings(limits, lives, rules, names, new Transport(limits), intake, clock);
        this.memory = new Memory(limits);
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

    private static List<Source> sources(List<Upstream> upstreams, UpstreamLimits limits) {
        Map<String, List<Semaphore>> hosts = new HashMap<>();
        return new LinkedHashSet<>(upstreams)
                .stream()
                        .map(upstream -> new Source(
                                upstream,
                                hosts.computeIfAbsent(upstream.host(), host -> slots(limits.maxPerHost(), limits)),
                                new Breaker(limits),
                                new AtomicInteger()))
                        .toList();
    }

    /// Slots for each number of hops that a request may have behind it.
    private static List<Semaphore> slots(int permits, UpstreamLimits limits) {
        return Stream.generate(() -> new Semaphore(permits, true))
                .limit(limits.maxHops())
                .toList();
    }

    /// Joins the fetch that runs for this file, or starts one. Look whether the file is held before. No server is asked
    /// for an htlhash, which the protocol does not have.
    ///
    /// @param via of the caller that starts a fetch; it stands for all who join
    public Waiting join(Wanted wanted, Via via) {
        if (via.hops() >= around.limits().maxHops()) {
            return answered(wanted, unasked(new Outcome.Refused(Outcome.Rule.HOPS)));
        }
        if (wanted.buildId().kind() == BuildId.Kind.HTLHASH) {
            return answered(wanted, List.of());
        }
        List<Answer> known = known(wanted);
        if (known.size() == sources.size()) {
            return answered(wanted, known);
        }
        Optional<Fetch> fetch = joinOrStart(new Key(wanted, via.hops()), via);
        return fetch.map(joined -> new Waiting(joined.result(), joined::leave))
                .orElseGet(() -> answered(wanted, unasked(new Outcome.Stopped(Cause.CLOSED))));
    }

    /// Empty where no fetch may start any more.
    private Optional<Fetch> joinOrStart(Key key, Via via) {
        synchronized (running) {
            if (closed) {
                return Optional.empty();
            }
            Fetch current = running.get(key);
            if (current != null && current.join()) {
                return Optional.of(current);
            }
            Fetch fetch = prepare(key.wanted(), via);
            running.put(key, fetch);
            fetching.execute(() -> run(key, fetch));
            return Optional.of(fetch);
        }
    }

    /// Who has seen the end of a fetch must not join it again: it is taken off before it says that it has ended.
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

    /// Joins, and waits for as long as the fetch may take; interrupting the thread gives up.
    public FetchReport fetch(Wanted wanted, Via via) throws InterruptedException {
        try (Waiting waiting = join(wanted, via)) {
            return waiting.await();
        }
    }

    private static Waiting answered(Wanted wanted, List<Answer> answers) {
        return new Waiting(CompletableFuture.completedFuture(new FetchReport(wanted, answers)), () -> {});
    }

    /// The same answer for every upstream, none of which was asked.
    private List<Answer> unasked(Outcome why) {
        Instant now = around.clock().instant();
        return sources.stream()
                .map(source -> new Answer(source.upstream(), why, now, now, 0))
                .toList();
    }

    private List<Answer> known(Wanted wanted) {
        return sources.stream()
                .flatMap(source -> known(wanted, source).stream())
                .toList();
    }

    private Optional<Answer> known(Wanted wanted, Source source) {
        return memory.recall(wanted, source.upstream())
                .filter(answer -> answer.holds(around.clock().instant()));
    }

    private int misses(Wanted wanted, Source source) {
        return memory.recall(wanted, source.upstream()).map(Answer::misses).orElse(0);
    }

    private Fetch prepare(Wanted wanted, Via via) {
        Deadline deadline = Deadline.after(around.limits().whole());
        Ask.Question question = new Ask.Question(wanted, via, deadline, new Race());
        Memory.Page page = memory.open(wanted);
        List<Answer> known = new ArrayList<>();
        List<Ask> asks = new ArrayList<>();
        for (Source source : sources) {
            known(wanted, source)
                    .ifPresentOrElse(
                            known::add,
                            () -> asks.add(
                                    new Ask(around, source, question, misses(wanted, source), new Watch(timer))));
        }
        return new Fetch(wanted, asks, known, page, new Watch(timer), deadline);
    }

    /// The last answer of each upstream for a file, whether it still holds or not; none of those never asked.
    public List<Answer> answers(Wanted wanted) {
        return sources.stream()
                .flatMap(source -> memory.recall(wanted, source.upstream()).stream())
                .toList();
    }

    /// Forgets all answers for a build-id in any of its forms ([BuildId#matches]), so that the next fetch asks
    /// everybody. A fetch that runs goes on, and whoever joins it gets its answers, but they are not remembered.
    public void forget(BuildId buildId) {
        memory.forget(buildId);
    }

    /// Closes an upstream's breaker and forgets its answers, for an operator who has mended it.
    ///
    /// @return whether there is such an upstream
    public boolean reset(Upstream upstream) {
        List<Source> meant = sources.stream()
                .filter(source -> source.upstream().equals(upstream))
                .toList();
        meant.forEach(source -> source.breaker().reset());
        memory.forget(upstream);
        return !meant.isEmpty();
    }

    /// In the operator's order.
    public List<UpstreamHealth> health() {
        Instant now = around.clock().instant();
        return sources.stream().map(source -> source.health(now)).toList();
    }

    /// Fetches that run or wait for their turn.
    public int fetches() {
        synchronized (running) {
            return running.size();
        }
    }

    /// Stops all fetches, whose callers are answered at once ([FetchReport#isCutShort]), and starts no more.
    /// Does not wait.
    public void stop() {
        synchronized (running) {
            closed = true;
            running.values().forEach(fetch -> fetch.stop(new Outcome.Stopped(Cause.CLOSED)));
        }
    }

    /// Stops all fetches and waits until their threads have ended.
    @Override
    public void close() {
        stop();
        fetching.close();
        asking.close();
        timer.shutdownNow();
        around.transport().close();
        around.names().close();
    }
}
