package dev.stackmapd.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.upstream.BreakerState.Closed;
import dev.stackmapd.upstream.BreakerState.HalfOpen;
import dev.stackmapd.upstream.BreakerState.Open;
import dev.stackmapd.upstream.Outcome.BreakerOpen;
import dev.stackmapd.upstream.Outcome.Cause;
import dev.stackmapd.upstream.Outcome.Failed;
import dev.stackmapd.upstream.Outcome.Failure;
import dev.stackmapd.upstream.Outcome.Fetched;
import dev.stackmapd.upstream.Outcome.NotFound;
import dev.stackmapd.upstream.Outcome.NotKept;
import dev.stackmapd.upstream.Outcome.Phase;
import dev.stackmapd.upstream.Outcome.Refused;
import dev.stackmapd.upstream.Outcome.Rule;
import dev.stackmapd.upstream.Outcome.Stopped;
import dev.stackmapd.upstream.Outcome.TimedOut;
import dev.stackmapd.upstream.Outcome.TooLarge;
import dev.stackmapd.upstream.Outcome.Unreachable;
import dev.stackmapd.upstream.Outcome.WrongContent;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BreakerTest {
    private static final Outcome DOWN = new Unreachable(Failure.NOT_CONNECTED);
    private static final Duration OPEN = Duration.ofSeconds(30);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Breaker breaker =
            new Breaker(Limits.patient().breakerFailures(3).build());

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.record(DOWN, breaker.answers(), START);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyFailureOfTheNetworkCounts(Failure failure) {
        breaker.record(new Unreachable(failure), 0, START);
        assertThat(breaker.state(START)).isEqualTo(new Closed(1));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TURN")
    void everyTimeoutOfTheUpstreamCountsWhereOthersWereAnswered(Phase phase) {
        long before = breaker.answers();
        breaker.record(new NotFound(Reach.PUBLIC), before, START);
        breaker.record(new TimedOut(phase), before, START);
        assertThat(breaker.state(START)).isEqualTo(new Closed(1));
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECT", "HEAD"})
    void oneRequestWithoutAnyAnswerOpensItWhereNoOtherWasAnswered(Phase phase) {
        breaker.record(new Fetched(1), 0, START);
        breaker.record(new TimedOut(phase), breaker.answers(), START);
        assertThat(breaker.state(START)).isEqualTo(new Open(OPEN));
    }

    @Test
    void anAnswerThatIsSlowToComeWholeCountsOnce() {
        breaker.record(new TimedOut(Phase.BODY), breaker.answers(), START);
        assertThat(breaker.state(START)).isEqualTo(new Closed(1));
    }

    @Test
    void anyAnswerIsASuccess() {
        for (Outcome answer : new Outcome[] {
            new Fetched(1),
            new NotFound(Reach.PUBLIC),
            new TooLarge(1),
            new WrongContent("x"),
            new Failed(500, Duration.ZERO),
            new Failed(429, Duration.ZERO)
        }) {
            fail(2);
            breaker.record(answer, breaker.answers(), START);
            assertThat(breaker.state(START)).as("%s", answer).isEqualTo(new Closed(0));
        }
    }

    @Test
    void whatSaysNothingOfTheUpstreamChangesNothing() {
        fail(2);
        for (Outcome nothing : new Outcome[] {
            new TimedOut(Phase.TURN),
            new Refused(Rule.ADDRESS),
            new NotKept("x"),
            new Stopped(Cause.LOST),
            new BreakerOpen(OPEN)
        }) {
            breaker.record(nothing, breaker.answers(), START);
            assertThat(breaker.state(START)).as("%s", nothing).isEqualTo(new Closed(2));
        }
    }

    @Test
    void opensAndLetsOneTryAfterwards() {
        fail(3);
        assertThat(breaker.state(START)).isEqualTo(new Open(OPEN));
        assertThat(breaker.refusal(START.plusSeconds(10))).contains(Duration.ofSeconds(20));
        Instant later = START.plus(OPEN);
        assertThat(breaker.state(later)).isEqualTo(new HalfOpen());
        assertThat(breaker.refusal(later)).as("the first").isEmpty();
        assertThat(breaker.refusal(later)).as("the second").isPresent();
    }

    @Test
    void theOneThatTriesDecides() {
        fail(3);
        Instant later = START.plus(OPEN);
        assertThat(breaker.refusal(later)).isEmpty();
        breaker.record(DOWN, breaker.answers(), later);
        assertThat(breaker.state(later)).isEqualTo(new Open(OPEN));
        Instant latest = later.plus(OPEN);
        assertThat(breaker.refusal(latest)).isEmpty();
        breaker.record(new NotFound(Reach.PUBLIC), breaker.answers(), latest);
        assertThat(breaker.state(latest)).isEqualTo(new Closed(0));
    }

    @Test
    void aTryThatWasStoppedLetsAnotherTry() {
        fail(3);
        Instant later = START.plus(OPEN);
        assertThat(breaker.refusal(later)).isEmpty();
        breaker.record(new Stopped(Cause.ABANDONED), breaker.answers(), later);
        assertThat(breaker.refusal(later)).isEmpty();
    }

    @Test
    void lateFailuresDoNotHoldItOpenForLonger() {
        fail(3);
        breaker.record(DOWN, breaker.answers(), START.plusSeconds(29));
        assertThat(breaker.state(START.plus(OPEN))).isEqualTo(new HalfOpen());
    }

    @Test
    void aClockThatWasSetBackDoesNotHoldItOpen() {
        fail(3);
        assertThat(breaker.state(START.minusNanos(1))).isEqualTo(new HalfOpen());
    }

    @Test
    void anUpstreamIsLeftAloneUntilItsTimeIsUpOrItIsReset() throws Exception {
        AtomicBoolean down = new AtomicBoolean(true);
        try (RawUpstream upstream = new RawUpstream(line -> {
                    if (!down.get()) {
                        line.say("HTTP/1.1 404 Not Found\r\nContent-Length: 0");
                    }
                });
                TestBed bed = new TestBed(Limits.patient().breakerFailures(2), upstream)) {
            assertThat(ask(bed, 1)).isEqualTo(new Unreachable(Failure.RESET));
            assertThat(bed.upstreams.health().getFirst().breaker()).isEqualTo(new Closed(1));
            assertThat(ask(bed, 2)).isEqualTo(new Unreachable(Failure.RESET));
            assertThat(ask(bed, 3)).isEqualTo(new BreakerOpen(OPEN));
            assertThat(bed.upstreams.health().getFirst().breaker()).isEqualTo(new Open(OPEN));
            assertThat(upstream.heads()).hasSize(2);

            bed.now = bed.now.plus(OPEN);
            assertThat(ask(bed, 3)).as("one tries").isEqualTo(new Unreachable(Failure.RESET));
            assertThat(ask(bed, 4)).isEqualTo(new BreakerOpen(OPEN));

            down.set(false);
            bed.upstreams.reset(upstream.upstream());
            assertThat(bed.upstreams.health().getFirst().breaker()).isEqualTo(new Closed(0));
            assertThat(ask(bed, 4)).isEqualTo(new NotFound(Reach.PRIVATE));
            assertThat(upstream.heads()).hasSize(4);
        }
    }

    private static Outcome ask(TestBed bed, int id) throws InterruptedException {
        Wanted wanted = new Wanted(BuildId.of(new byte[] {(byte) id, 1}), Wanted.Kind.DEBUGINFO);
        return bed.upstreams.fetch(wanted, Via.NOBODY).answers().getFirst().outcome();
    }
}
