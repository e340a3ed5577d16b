package dev.stackmapd.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawNote;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;

/// The client under test with a clock and a resolver that tests set, and an intake that remembers. Loopback is allowed.
final class TestBed implements AutoCloseable {
    static final BuildId ID = BuildId.of(RawNote.countingBytes(20));
    static final FileRequest WANTED = new FileRequest(ID, FileRequest.BinaryKind.DEBUGINFO);
    static final AddressRules LOOPBACK = AddressRules.of(List.of("127.0.0.0/8"));
    static final NegativeTtls LIVES = new NegativeTtls(
            Duration.ofMinutes(5),
            Duration.ofHours(24),
            Duration.ofHours(1),
            Duration.ofMinutes(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(30));

    final Catch taken = new Catch();
    final Map<String, List<InetAddress>> names = new HashMap<>();
    final DebuginfodUpstreams upstreams;
    volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    TestBed(Limits limits, AddressRules rules, Upstream... upstreams) {
        InstantSource clock = () -> now;
        this.upstreams = new DebuginfodUpstreams(
                List.of(upstreams), limits.build(), LIVES, rules, taken, clock, this::addresses);
    }

    TestBed(Limits limits, RawUpstream... upstreams) {
        this(
                limits,
                LOOPBACK,
                Arrays.stream(upstreams).map(RawUpstream::upstream).toArray(Upstream[]::new));
    }

    /// A file of [#ID] with as many bytes as said, at least a few hundred.
    static byte[] file(int length) {
        return ElfBuilder.elf64()
                .noteSegment(0x100, RawNote.buildIdOf(20))
                .length(length)
                .build();
    }

    private List<InetAddress> addresses(String host) throws UnknownHostException {
        List<InetAddress> known = names.get(host);
        if (known != null) {
            return known;
        }
        try {
            return List.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            throw new UnknownHostException(host);
        }
    }

    FetchReport fetch() throws InterruptedException {
        return upstreams.fetch(WANTED, ForwardedHeaders.OWN);
    }

    /// Of the only upstream.
    CallOutcome outcome() throws InterruptedException {
        List<RecordedAnswer> answers = fetch().answers();
        assertThat(answers).hasSize(1);
        return answers.getFirst().outcome();
    }

    /// Looks often, for what is mostly true at once.
    static ConditionFactory soon() {
        return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    /// No fetch, request or sink is left.
    void nothingIsLeft() {
        soon().untilAsserted(() -> {
            assertThat(upstreams.fetches()).isZero();
            assertThat(upstreams.health()).allMatch(health -> health.inFlight() == 0);
            assertThat(taken.left()).isZero();
        });
    }

    /// Ends only when all threads have.
    @Override
    public void close() {
        upstreams.close();
    }
}
