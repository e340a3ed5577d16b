package dev.stackmapd.upstream;

import static dev.stackmapd.upstream.TestBed.WANTED;
import static dev.stackmapd.upstream.TestBed.file;
import static dev.stackmapd.upstream.TestBed.soon;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.upstream.AddressRules.AddressScope;
import dev.stackmapd.upstream.CallOutcome.BreakerOpen;
import dev.stackmapd.upstream.CallOutcome.Fetched;
import dev.stackmapd.upstream.CallOutcome.NotFound;
import dev.stackmapd.upstream.CallOutcome.NotKept;
import dev.stackmapd.upstream.CallOutcome.RefusalRule;
import dev.stackmapd.upstream.CallOutcome.Refused;
import dev.stackmapd.upstream.CallOutcome.StopReason;
import dev.stackmapd.upstream.CallOutcome.Stopped;
import dev.stackmapd.upstream.CallOutcome.TimedOut;
import dev.stackmapd.upstream.CallOutcome.TimeoutPhase;
import dev.stackmapd.upstream.CallOutcome.WrongContent;
import dev.stackmapd.upstream.DownloadSink.ContentCheck;
import dev.stackmapd.upstream.UpstreamHealth.BreakerState;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Many callers, many upstreams, one fetch.
class SharedFetchTest {
    private static final byte[] FILE = file(300_000);

    @Test
    void sixtyFourCallersCauseOneRequest() throws Exception {
        CountDownLatch all = new CountDownLatch(1);
        try (RawUpstream upstream = new RawUpstream(line -> {
                    awaitQuietly(all);
                    line.say("HTTP/1.1 404 Not Found\r\nContent-Length: 0");
                });
                TestBed bed = new TestBed(Limits.patient(), upstream);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch joined = new CountDownLatch(64);
            Callable<FetchReport> call = () -> {
                try (PendingFetch waiting = bed.upstreams.join(WANTED, ForwardedHeaders.OWN)) {
                    joined.countDown();
                    return waiting.await();
                }
            };
            List<Future<FetchReport>> calls =
                    Stream.generate(() -> callers.submit(call)).limit(64).toList();
            joined.await();
            all.countDown();
            for (Future<FetchReport> one : calls) {
                assertThat(one.get().answers())
                        .singleElement()
                        .extracting(RecordedAnswer::outcome)
                        .isEqualTo(new NotFound(AddressScope.PRIVATE));
            }
            assertThat(upstream.heads()).hasSize(1);
            bed.nothingIsLeft();
        }
    }

    @Test
    void theFirstGoodFileWinsAndTheOthersAreStopped() throws Exception {
        CountDownLatch othersSend = new CountDownLatch(2);
        CountDownLatch othersEnded = new CountDownLatch(1);
        RawUpstream.Script slow = line -> {
            line.say("HTTP/1.1 200 OK\r\nContent-Length: " + FILE.length + "\r\n\r\n\177ELF");
            othersSend.countDown();
            line.silence();
        };
        try (RawUpstream slowOne = new RawUpstream(slow);
                RawUpstream slowTwo = new RawUpstream(slow);
                RawUpstream liar = RawUpstream.having("<html>".getBytes(UTF_8));
                RawUpstream empty = RawUpstream.missing();
                RawUpstream good = new RawUpstream(line -> {
                    awaitQuietly(othersEnded);
                    line.say("HTTP/1.1 200 OK\r\nContent-Length: " + FILE.length, FILE);
                });
                TestBed bed = new TestBed(Limits.patient(), slowOne, liar, good, empty, slowTwo);
                PendingFetch waiting = bed.upstreams.join(WANTED, ForwardedHeaders.OWN)) {
            othersSend.await();
            soon().until(() -> inFlight(bed) == 3);
            othersEnded.countDown();
            FetchReport report = waiting.await();
            assertThat(report.answers())
                    .extracting(RecordedAnswer::outcome)
                    .containsExactly(
                            new Stopped(StopReason.LOST),
                            new WrongContent("not ELF"),
                            new Fetched(FILE.length),
                            new NotFound(AddressScope.PRIVATE),
                            new Stopped(StopReason.LOST));
            assertThat(report.winner()).map(RecordedAnswer::upstream).contains(good.upstream());
            assertThat(bed.taken.kept()).containsExactly(FILE);
            assertThat(bed.taken.opened()).isEqualTo(4);
            bed.nothingIsLeft();
            soon().until(() -> slowOne.connections() + slowTwo.connections() == 0);
        }
    }

    @Test
    void exactlyOneOfManyIdenticalFilesIsKept() throws Exception {
        List<RawUpstream> many = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            many.add(RawUpstream.having(FILE));
        }
        try (TestBed bed = new TestBed(Limits.patient(), many.toArray(RawUpstream[]::new))) {
            for (int round = 1; round <= 20; round++) {
                assertThat(bed.fetch().answers().stream().filter(answer -> answer.outcome() instanceof Fetched))
                        .hasSize(1);
                assertThat(bed.taken.kept()).hasSize(round);
            }
            bed.nothingIsLeft();
        } finally {
            for (RawUpstream one : many) {
                one.close();
            }
        }
    }

    @Test
    void theFetchEndsWhenTheLastCallerLeaves() throws Exception {
        try (RawUpstream upstream = new RawUpstream(RawUpstream.Line::silence);
                TestBed bed = new TestBed(Limits.patient(), upstream)) {
            PendingFetch first = bed.upstreams.join(WANTED, ForwardedHeaders.OWN);
            PendingFetch second = bed.upstreams.join(WANTED, ForwardedHeaders.OWN);
            soon().until(() -> upstream.connections() == 1);
            first.close();
            first.close();
            assertThat(second.await(Duration.ofMillis(1))).isEmpty();
            assertThat(bed.upstreams.fetches()).isEqualTo(1);
            second.close();
            assertThat(second.await().answers())
                    .singleElement()
                    .extracting(RecordedAnswer::outcome)
                    .isEqualTo(new Stopped(StopReason.ABANDONED));
            bed.nothingIsLeft();
            soon().until(() -> upstream.connections() == 0);
            assertThat(bed.upstreams.answers(WANTED))
                    .as("says nothing of the upstream")
                    .isEmpty();
        }
    }

    @Test
    void fetchesWaitForTheirTurnAndNotForEver() throws Exception {
        try (RawUpstream upstream = new RawUpstream(RawUpstream.Line::silence);
                TestBed bed = new TestBed(Limits.patient().fetches(1).whole(Duration.ofSeconds(3)), upstream)) {
            FileRequest other = new FileRequest(TestBed.ID, FileRequest.BinaryKind.EXECUTABLE);
            try (PendingFetch first = bed.upstreams.join(WANTED, ForwardedHeaders.OWN)) {
                soon().until(() -> upstream.connections() == 1);
                assertThat(bed.upstreams.fetch(other, ForwardedHeaders.OWN).answers())
                        .singleElement()
                        .extracting(RecordedAnswer::outcome)
                        .as("it gets its turn for the moment between both deadlines, or not at all")
                        .isInstanceOfAny(TimedOut.class, BreakerOpen.class);
                assertThat(first.await().answers())
                        .singleElement()
                        .extracting(RecordedAnswer::outcome)
                        .isEqualTo(new TimedOut(TimeoutPhase.HEAD));
            }
            bed.nothingIsLeft();
        }
    }

    @Test
    void requestsToOneHostWaitForEachOther() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        RawUpstream.Script missing = line -> {
            awaitQuietly(go);
            line.say("HTTP/1.1 404 Not Found\r\nContent-Length: 0");
        };
        try (RawUpstream one = new RawUpstream(missing);
                RawUpstream two = new RawUpstream(missing);
                TestBed bed = new TestBed(Limits.patient().perHost(1), one, two);
                PendingFetch waiting = bed.upstreams.join(WANTED, ForwardedHeaders.OWN)) {
            soon().until(() -> one.heads().size() + two.heads().size() == 1);
            assertThat(inFlight(bed)).isEqualTo(1);
            go.countDown();
            assertThat(waiting.await().answers())
                    .extracting(RecordedAnswer::outcome)
                    .containsOnly(new NotFound(AddressScope.PRIVATE));
        }
    }

    @Test
    void closingStopsWhatRuns() throws Exception {
        try (RawUpstream upstream = new RawUpstream(RawUpstream.Line::silence)) {
            TestBed bed = new TestBed(Limits.patient(), upstream);
            PendingFetch waiting = bed.upstreams.join(WANTED, ForwardedHeaders.OWN);
            bed.close();
            assertThat(waiting.await().answers())
                    .singleElement()
                    .extracting(RecordedAnswer::outcome)
                    .isEqualTo(new Stopped(StopReason.CLOSED));
            bed.nothingIsLeft();
            try (PendingFetch late = bed.upstreams.join(WANTED, ForwardedHeaders.OWN)) {
                assertThat(late.await().isCutShort()).isTrue();
            }
        }
    }

    /// Callers are answered before the service waits for the threads; what was known before is no reason to
    /// say so.
    @Test
    void stoppingAnswersAtOnceAndStartsNothing() throws Exception {
        try (RawUpstream silent = new RawUpstream(RawUpstream.Line::silence);
                RawUpstream missing = RawUpstream.missing();
                TestBed bed = new TestBed(Limits.patient(), silent, missing);
                PendingFetch waiting = bed.upstreams.join(WANTED, ForwardedHeaders.OWN)) {
            bed.upstreams.stop();
            assertThat(waiting.await().isCutShort()).isTrue();
            try (PendingFetch late = bed.upstreams.join(WANTED, ForwardedHeaders.OWN)) {
                assertThat(late.await().isCutShort()).isTrue();
                assertThat(late.await().answers()).hasSize(2);
            }
            assertThat(bed.upstreams.fetches()).isZero();
        }
    }

    @Test
    void withoutUpstreamsNobodyAnswers() throws Exception {
        try (TestBed bed = new TestBed(Limits.patient(), new RawUpstream[0])) {
            assertThat(bed.fetch().answers()).isEmpty();
        }
    }

    @Test
    void aRequestThatCameThroughEightServersStaysHere() throws Exception {
        try (RawUpstream upstream = RawUpstream.missing();
                TestBed bed = new TestBed(Limits.patient(), upstream)) {
            ForwardedHeaders seven = ForwardedHeaders.of("gdb", "1, 2, 3, 4, 5, 6", "7");
            ForwardedHeaders eight = ForwardedHeaders.of("gdb", "1, 2, 3, 4, 5, 6, 7", "8");
            assertThat(bed.upstreams.fetch(WANTED, eight).answers())
                    .singleElement()
                    .extracting(RecordedAnswer::outcome)
                    .isEqualTo(new Refused(RefusalRule.HOPS));
            assertThat(upstream.heads()).isEmpty();
            assertThat(bed.upstreams.answers(WANTED)).isEmpty();
            assertThat(bed.upstreams.fetch(WANTED, seven).answers())
                    .singleElement()
                    .extracting(RecordedAnswer::outcome)
                    .isEqualTo(new NotFound(AddressScope.PRIVATE));
            assertThat(upstream.heads())
                    .singleElement()
                    .asString()
                    .contains("X-Forwarded-For: 1, 2, 3, 4, 5, 6, 7\r\n", "User-Agent: gdb\r\n");
        }
    }

    /// Two servers that ask each other: the request that comes back must not wait for itself.
    @Test
    void aFetchIsNotSharedWithARequestThatWentRoundALoop() throws Exception {
        CountDownLatch back = new CountDownLatch(1);
        try (RawUpstream upstream = new RawUpstream(line -> {
                    if (!line.head().contains("X-Forwarded-For")) {
                        awaitQuietly(back);
                    }
                    line.say("HTTP/1.1 404 Not Found\r\nContent-Length: 0");
                });
                TestBed bed = new TestBed(Limits.patient(), upstream);
                PendingFetch waiting = bed.upstreams.join(WANTED, ForwardedHeaders.OWN)) {
            soon().until(() -> upstream.connections() == 1);
            assertThat(bed.upstreams
                            .fetch(WANTED, ForwardedHeaders.of("x", "", "192.0.2.1"))
                            .answers())
                    .singleElement()
                    .extracting(RecordedAnswer::outcome)
                    .isEqualTo(new NotFound(AddressScope.PRIVATE));
            back.countDown();
            assertThat(waiting.await().winner()).isEmpty();
        }
    }

    @Test
    void whatThisHostCannotTakeIsNoFaultOfTheUpstream() throws Exception {
        DownloadSinkFactory full = (request, from, signature) -> {
            throw new FileSystemException("/secret/place", null, "No space left on device");
        };
        try (RawUpstream upstream = RawUpstream.having(FILE);
                DebuginfodUpstreams upstreams = taking(full, upstream)) {
            assertThat(upstreams.fetch(WANTED, ForwardedHeaders.OWN).answers())
                    .singleElement()
                    .extracting(RecordedAnswer::outcome)
                    .isEqualTo(new NotKept("No space left on device"));
            assertThat(upstreams.health().getFirst().breaker()).isEqualTo(new BreakerState.Closed(0));
        }
    }

    @Test
    void aSinkThatBreaksEndsTheFetchAndLeavesNothing() throws Exception {
        Catch taken = new Catch();
        DownloadSinkFactory broken = (request, from, signature) -> new BrokenSink(taken.open(request, from, signature));
        try (RawUpstream upstream = RawUpstream.having(FILE);
                RawUpstream slow = new RawUpstream(RawUpstream.Line::silence);
                DebuginfodUpstreams upstreams = taking(broken, upstream, slow)) {
            try (PendingFetch waiting = upstreams.join(WANTED, ForwardedHeaders.OWN)) {
                soon().dontCatchUncaughtExceptions().until(() -> taken.opened() == 1 && taken.left() == 0);
                assertThat(waiting.await(Duration.ofMillis(1)))
                        .as("the other may still have it")
                        .isEmpty();
            }
            soon().dontCatchUncaughtExceptions().until(() -> upstreams.fetches() == 0 && slow.connections() == 0);
        }
    }

    private record BrokenSink(DownloadSink sink) implements DownloadSink {
        @Override
        public ContentCheck write(byte[] bytes, int length) {
            throw new IllegalArgumentException("a bug");
        }

        @Override
        public ContentCheck verify() throws IOException {
            return sink.verify();
        }

        @Override
        public void keep() throws IOException {
            sink.keep();
        }

        @Override
        public void discard() {
            sink.discard();
        }
    }

    private static DebuginfodUpstreams taking(DownloadSinkFactory intake, RawUpstream... upstreams) {
        return new DebuginfodUpstreams(
                Stream.of(upstreams).map(RawUpstream::upstream).toList(),
                Limits.patient().build(),
                TestBed.LIVES,
                TestBed.LOOPBACK,
                intake,
                InstantSource.system(),
                new SystemLookup(Duration.ofSeconds(3)));
    }

    private static int inFlight(TestBed bed) {
        return bed.upstreams.health().stream()
                .mapToInt(UpstreamHealth::inFlight)
                .sum();
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
