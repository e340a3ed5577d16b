package dev.stackmapd.upstream;

import static dev.stackmapd.upstream.TestBed.WANTED;
import static dev.stackmapd.upstream.TestBed.file;
import static dev.stackmapd.upstream.TestBed.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.upstream.AddressRules.AddressScope;
import dev.stackmapd.upstream.CallOutcome.BreakerOpen;
import dev.stackmapd.upstream.CallOutcome.Failed;
import dev.stackmapd.upstream.CallOutcome.Fetched;
import dev.stackmapd.upstream.CallOutcome.NetworkFailure;
import dev.stackmapd.upstream.CallOutcome.NotFound;
import dev.stackmapd.upstream.CallOutcome.NotKept;
import dev.stackmapd.upstream.CallOutcome.RefusalRule;
import dev.stackmapd.upstream.CallOutcome.Refused;
import dev.stackmapd.upstream.CallOutcome.StopReason;
import dev.stackmapd.upstream.CallOutcome.Stopped;
import dev.stackmapd.upstream.CallOutcome.TimedOut;
import dev.stackmapd.upstream.CallOutcome.TimeoutPhase;
import dev.stackmapd.upstream.CallOutcome.TooLarge;
import dev.stackmapd.upstream.CallOutcome.Unreachable;
import dev.stackmapd.upstream.CallOutcome.WrongContent;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A "no" holds as long as its cause deserves, and not a moment after it was told to be forgotten.
class RememberedAnswersTest {
    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration UNFIT = Duration.ofMinutes(10);
    private static final Duration PASSING = Duration.ofSeconds(30);

    @ParameterizedTest
    @MethodSource
    void ttls(CallOutcome outcome, Duration life) {
        assertThat(TestBed.LIVES.of(outcome, 1)).isEqualTo(life);
    }

    static Stream<Arguments> ttls() {
        return Stream.of(
                arguments(new Fetched(5), AT_ONCE),
                arguments(new NotFound(AddressScope.PUBLIC), Duration.ofMinutes(5)),
                arguments(new NotFound(AddressScope.PRIVATE), Duration.ofMinutes(5)),
                arguments(new TooLarge(5), UNFIT),
                arguments(new WrongContent("x"), UNFIT),
                arguments(new TimedOut(TimeoutPhase.TURN), AT_ONCE),
                arguments(new TimedOut(TimeoutPhase.CONNECT), PASSING),
                arguments(new TimedOut(TimeoutPhase.HEAD), PASSING),
                arguments(new TimedOut(TimeoutPhase.BODY), PASSING),
                arguments(new Unreachable(NetworkFailure.RESET), PASSING),
                arguments(new Failed(403, AT_ONCE), UNFIT),
                arguments(new Failed(408, AT_ONCE), PASSING),
                arguments(new Failed(429, AT_ONCE), PASSING),
                arguments(new Failed(429, Duration.ofMinutes(1)), Duration.ofMinutes(1)),
                arguments(new Failed(429, Duration.ofDays(9_999)), Duration.ofMinutes(30)),
                arguments(new Failed(500, AT_ONCE), PASSING),
                arguments(new Failed(302, AT_ONCE), PASSING),
                arguments(new Refused(RefusalRule.ADDRESS), PASSING),
                arguments(new Refused(RefusalRule.HOPS), AT_ONCE),
                arguments(new BreakerOpen(Duration.ofSeconds(7)), Duration.ofSeconds(7)),
                arguments(new NotKept("x"), PASSING),
                arguments(new Stopped(StopReason.LOST), AT_ONCE));
    }

    @Test
    void noLifeIsNegative() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NegativeTtls(AT_ONCE, AT_ONCE, AT_ONCE, Duration.ofNanos(-1), AT_ONCE, AT_ONCE));
    }

    /// Minutes: 24 h are 1,440.
    @ParameterizedTest
    @CsvSource({
        "PUBLIC, 2, 10",
        "PUBLIC, 3, 20",
        "PUBLIC, 9, 1280",
        "PUBLIC, 10, 1440",
        "PUBLIC, 2147483647, 1440",
        "PRIVATE, 4, 40",
        "PRIVATE, 5, 60"
    })
    void eachMissIsBelievedForTwiceAsLong(AddressScope reach, int misses, int minutes) {
        assertThat(TestBed.LIVES.of(new NotFound(reach), misses)).isEqualTo(Duration.ofMinutes(minutes));
    }

    /// As openSUSE's server: 404, while it takes the file out of its package, and the file minutes later.
    @Test
    void aFileThatComesAfterTheFirstMissIsFetchedMinutesLater() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        byte[] file = file(1_000);
        try (RawUpstream upstream = new RawUpstream(line -> {
                    if (requests.incrementAndGet() == 1) {
                        line.say("HTTP/1.1 404 Not Found\r\nContent-Length: 0");
                    } else {
                        line.say("HTTP/1.1 200 OK\r\nContent-Length: " + file.length, file);
                    }
                });
                TestBed bed = new TestBed(Limits.patient(), upstream)) {
            assertThat(bed.outcome()).isEqualTo(new NotFound(AddressScope.PRIVATE));
            bed.now = bed.now.plus(Duration.ofMinutes(5));
            assertThat(bed.outcome()).isEqualTo(new Fetched(file.length));
        }
    }

    @Test
    void aFailureBetweenTwoMissesDoesNotShortenTheSecond() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (RawUpstream upstream = new RawUpstream(line ->
                        line.say((requests.incrementAndGet() == 2 ? "HTTP/1.1 500 Oops" : "HTTP/1.1 404 Not Found")
                                + "\r\nContent-Length: 0"));
                TestBed bed = new TestBed(Limits.patient(), upstream)) {
            bed.fetch();
            bed.now = bed.now.plus(Duration.ofMinutes(5));
            assertThat(bed.outcome()).isEqualTo(new Failed(500, AT_ONCE));
            bed.now = bed.now.plus(PASSING);
            RecordedAnswer second = bed.fetch().answers().getFirst();
            assertThat(second.askAgainAfter()).isEqualTo(bed.now.plus(Duration.ofMinutes(10)));
            bed.upstreams.forget(TestBed.ID);
            RecordedAnswer afterForgetting = bed.fetch().answers().getFirst();
            assertThat(afterForgetting.askAgainAfter()).isEqualTo(bed.now.plus(Duration.ofMinutes(5)));
        }
    }

    @Test
    void isAskedAgainWhenTheAnswerHasLived() throws Exception {
        try (RawUpstream upstream = RawUpstream.missing();
                TestBed bed = new TestBed(Limits.patient(), upstream)) {
            FetchReport first = bed.fetch();
            assertThat(first.answers())
                    .containsExactly(new RecordedAnswer(
                            upstream.upstream(),
                            new NotFound(AddressScope.PRIVATE),
                            bed.now,
                            bed.now.plus(Duration.ofMinutes(5)),
                            1));
            bed.now = bed.now.plus(Duration.ofMinutes(5)).minusNanos(1);
            assertThat(bed.fetch()).isEqualTo(first);
            assertThat(upstream.heads()).hasSize(1);
            bed.now = bed.now.plusNanos(1);
            bed.fetch();
            assertThat(upstream.heads()).hasSize(2);
        }
    }

    @Test
    void aClockThatWasSetBackIsNotTrusted() throws Exception {
        try (RawUpstream upstream = RawUpstream.missing();
                TestBed bed = new TestBed(Limits.patient(), upstream)) {
            bed.fetch();
            bed.now = bed.now.minusNanos(1);
            bed.fetch();
            assertThat(upstream.heads()).hasSize(2);
        }
    }

    @Test
    void onlyThoseAreAskedWhoseAnswerIsOver() throws Exception {
        try (RawUpstream missing = RawUpstream.missing();
                RawUpstream broken = RawUpstream.saying("HTTP/1.1 500 Oops");
                TestBed bed = new TestBed(Limits.patient(), missing, broken)) {
            bed.fetch();
            bed.now = bed.now.plus(PASSING);
            assertThat(bed.fetch().answers()).hasSize(2);
            assertThat(missing.heads()).hasSize(1);
            assertThat(broken.heads()).hasSize(2);
        }
    }

    @Test
    void kindsAndSourceFilesAreRememberedApart() throws Exception {
        try (RawUpstream upstream = RawUpstream.missing();
                TestBed bed = new TestBed(Limits.patient(), upstream)) {
            FileRequest source = new FileRequest(TestBed.ID, new FileRequest.SourceFile("/a.c"));
            bed.fetch();
            bed.upstreams.fetch(new FileRequest(TestBed.ID, FileRequest.BinaryKind.EXECUTABLE), ForwardedHeaders.OWN);
            bed.upstreams.fetch(source, ForwardedHeaders.OWN);
            bed.upstreams.fetch(new FileRequest(TestBed.ID, new FileRequest.SourceFile("/b.c")), ForwardedHeaders.OWN);
            assertThat(upstream.heads()).hasSize(4);
            bed.upstreams.fetch(source, ForwardedHeaders.OWN);
            assertThat(upstream.heads()).hasSize(4);
        }
    }

    @Test
    void forgettingABuildIdForgetsAllOfItAndNothingElse() throws Exception {
        FileRequest source = new FileRequest(TestBed.ID, new FileRequest.SourceFile("/a.c"));
        FileRequest other = new FileRequest(BuildId.of(new byte[] {9, 9}), FileRequest.BinaryKind.DEBUGINFO);
        try (RawUpstream upstream = RawUpstream.missing();
                TestBed bed = new TestBed(Limits.patient(), upstream)) {
            for (FileRequest request : new FileRequest[] {WANTED, source, other}) {
                bed.upstreams.fetch(request, ForwardedHeaders.OWN);
            }
            bed.upstreams.forget(TestBed.ID);
            assertThat(bed.upstreams.answers(WANTED)).isEmpty();
            assertThat(bed.upstreams.answers(source)).isEmpty();
            assertThat(bed.upstreams.answers(other)).hasSize(1);
            bed.fetch();
            assertThat(upstream.heads()).hasSize(4);
        }
    }

    @Test
    void theAnswerOfAFetchThatRunsWhenForgetIsCalledIsNotRemembered() throws Exception {
        CountDownLatch forgotten = new CountDownLatch(1);
        try (RawUpstream upstream = new RawUpstream(line -> {
                    awaitQuietly(forgotten);
                    line.say("HTTP/1.1 404 Not Found\r\nContent-Length: 0");
                });
                TestBed bed = new TestBed(Limits.patient(), upstream);
                PendingFetch waiting = bed.upstreams.join(WANTED, ForwardedHeaders.OWN)) {
            soon().until(() -> upstream.connections() == 1);
            bed.upstreams.forget(TestBed.ID);
            forgotten.countDown();
            assertThat(waiting.await().answers()).hasSize(1);
            assertThat(bed.upstreams.answers(WANTED)).isEmpty();
            bed.nothingIsLeft();
            bed.fetch();
            assertThat(upstream.heads()).hasSize(2);
            assertThat(bed.upstreams.answers(WANTED)).hasSize(1);
        }
    }

    /// The answer that was known before the fetch, and is repeated in its report, goes the same way.
    @Test
    void anOlderAnswerInAFetchThatRunsWhenForgetIsCalledIsNotRemembered() throws Exception {
        CountDownLatch hold = new CountDownLatch(2);
        try (RawUpstream missing = RawUpstream.missing();
                RawUpstream slow = new RawUpstream(line -> {
                    hold.countDown();
                    if (hold.getCount() == 0) {
                        line.silence();
                    }
                    line.say("HTTP/1.1 500 Oops");
                });
                TestBed bed = new TestBed(Limits.patient(), missing, slow)) {
            bed.fetch();
            bed.now = bed.now.plus(PASSING);
            PendingFetch waiting = bed.upstreams.join(WANTED, ForwardedHeaders.OWN);
            hold.await();
            bed.upstreams.forget(TestBed.ID);
            waiting.close();
            assertThat(waiting.await().answers()).hasSize(2);
            assertThat(bed.upstreams.answers(WANTED)).isEmpty();
        }
    }

    @Test
    void resettingAnUpstreamForgetsWhatItSaidAndWhatItIsSaying() throws Exception {
        CountDownLatch reset = new CountDownLatch(1);
        try (RawUpstream mended = new RawUpstream(line -> {
                    awaitQuietly(reset);
                    line.say("HTTP/1.1 403 Forbidden");
                });
                RawUpstream other = RawUpstream.missing();
                TestBed bed = new TestBed(Limits.patient(), mended, other);
                PendingFetch waiting = bed.upstreams.join(WANTED, ForwardedHeaders.OWN)) {
            soon().until(() -> mended.connections() == 1);
            assertThat(bed.upstreams.reset(mended.upstream())).isTrue();
            reset.countDown();
            waiting.await();
            assertThat(bed.upstreams.answers(WANTED))
                    .singleElement()
                    .extracting(RecordedAnswer::upstream)
                    .isEqualTo(other.upstream());
            bed.fetch();
            assertThat(bed.upstreams.answers(WANTED)).hasSize(2);
            bed.upstreams.reset(other.upstream());
            assertThat(bed.upstreams.answers(WANTED))
                    .singleElement()
                    .extracting(RecordedAnswer::upstream)
                    .isEqualTo(mended.upstream());
            assertThat(bed.upstreams.reset(Upstream.of("http://stranger.example")))
                    .isFalse();
        }
    }

    @Test
    void aFileThatWasFetchedIsAskedForAgain() throws Exception {
        byte[] file = file(1_000);
        try (RawUpstream upstream = RawUpstream.having(file);
                TestBed bed = new TestBed(Limits.patient(), upstream)) {
            bed.fetch();
            assertThat(bed.fetch().winner()).isPresent();
            assertThat(upstream.heads()).hasSize(2);
        }
    }

    @Test
    void whoHasSeenTheEndOfAFetchAndForgetsItAsksAnew() throws Exception {
        try (RawUpstream upstream = RawUpstream.missing();
                TestBed bed = new TestBed(Limits.patient(), upstream)) {
            for (int asked = 1; asked <= 200; asked++) {
                bed.fetch();
                assertThat(upstream.heads()).hasSize(asked);
                bed.upstreams.forget(TestBed.ID);
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
