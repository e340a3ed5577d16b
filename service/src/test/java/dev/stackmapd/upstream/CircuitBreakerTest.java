package dev.stackmapd.upstream;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.stackmapd.upstream.UpstreamHealth.BreakerState.Closed;
import dev.stackmapd.upstream.UpstreamHealth.BreakerState.HalfOpen;
import dev.stackmapd.upstream.UpstreamHealth.BreakerState.Open;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CircuitBreakerTest {
    private static final CallOutcome DOWN = new Unreachable(NetworkFailure.NOT_CONNECTED);
    private static final Duration OPEN = Duration.ofSeconds(30);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final CircuitBreaker breaker =
            new CircuitBreaker(Limits.patient().breakerFailures(3).build());

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.record(DOWN, breaker.answers(), START);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyFailureOfTheNetworkCounts(NetworkFailure failure) {
        breaker.record(new Unreachable(failure), 0, START);
        assertThat(breaker.state(START)).isEqualTo(new Closed(1));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TURN")
    void everyTimeoutOfTheUpstreamCountsWhereOthersWereAnswered(TimeoutPhase phase) {
        long before = breaker.answers();
        breaker.record(new NotFound(AddressScope.PUBLIC), before, START);
        breaker.record(new TimedOut(phase), before, START);
        assertThat(breaker.state(START)).isEqualTo(new Closed(1));
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECT", "HEAD"})
    void oneRequestWithoutAnyAnswerOpensItWhereNoOtherWasAnswered(TimeoutPhase phase) {
        breaker.record(new Fetched(1), 0, START);
        breaker.record(new TimedOut(phase), breaker.answers(), START);
        assertThat(breaker.state(START)).isEqualTo(new Open(OPEN));
    }

    @Test
    void anAnswerThatIsSlowToComeWholeCountsOnce() {
        breaker.record(new TimedOut(TimeoutPhase.BODY), breaker.answers(), START);
        assertThat(breaker.state(START)).isEqualTo(new Closed(1));
    }

    @Test
    void anyAnswerIsASuccess() {
        for (CallOutcome answer : new CallOutcome[] {
            new Fetched(1),
            new NotFound(AddressScope.PUBLIC),
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
        for (CallOutcome nothing : new CallOutcome[] {
            new TimedOut(TimeoutPhase.TURN),
            new Refused(RefusalRule.ADDRESS),
            new NotKept("x"),
            new Stopped(StopReason.LOST),
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
        breaker.record(new NotFound(AddressScope.PUBLIC), breaker.answers(), latest);
        assertThat(breaker.state(latest)).isEqualTo(new Closed(0));
    }

    @Test
    void aTryThatWasStoppedLetsAnotherTry() {
        fail(3);
        Instant later = START.plus(OPEN);
        assertThat(breaker.refusal(later)).isEmpty();
        breaker.record(new Stopped(StopReason.ABANDONED), breaker.answers(), later);
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
            assertThat(ask(bed, 1)).isEqualTo(new Unreachable(NetworkFailure.RESET));
            assertThat(bed.upstreams.health().getFirst().breaker()).isEqualTo(new Closed(1));
            assertThat(ask(bed, 2)).isEqualTo(new Unreachable(NetworkFailure.RESET));
            assertThat(ask(bed, 3)).isEqualTo(new BreakerOpen(OPEN));
            assertThat(bed.upstreams.health().getFirst().breaker()).isEqualTo(new Open(OPEN));
            assertThat(upstream.heads()).hasSize(2);

            bed.now = bed.now.plus(OPEN);
            assertThat(ask(bed, 3)).as("one tries").isEqualTo(new Unreachable(NetworkFailure.RESET));
            assertThat(ask(bed, 4)).isEqualTo(new BreakerOpen(OPEN));

            down.set(false);
            bed.upstreams.reset(upstream.upstream());
            assertThat(bed.upstreams.health().getFirst().breaker()).isEqualTo(new Closed(0));
            assertThat(ask(bed, 4)).isEqualTo(new NotFound(AddressScope.PRIVATE));
            assertThat(upstream.heads()).hasSize(4);
        }
    }

    private static CallOutcome ask(TestBed bed, int id) throws InterruptedException {
        FileRequest request = new FileRequest(BuildId.of(new byte[] {(byte) id, 1}), FileRequest.BinaryKind.DEBUGINFO);
        return bed.upstreams
                .fetch(request, ForwardedHeaders.OWN)
                .answers()
                .getFirst()
                .outcome();
    }
}
