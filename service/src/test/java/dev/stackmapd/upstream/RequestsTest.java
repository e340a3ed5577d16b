package dev.stackmapd.upstream;

import static dev.stackmapd.upstream.TestBed.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.github.luben.zstd.Zstd;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.upstream.CallOutcome.Failed;
import dev.stackmapd.upstream.CallOutcome.Fetched;
import dev.stackmapd.upstream.HttpAttempt.RetryAfter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is sent, what is understood, and when it is sent again.
class RequestsTest {
    private static final byte[] FILE = file(100_000);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void saysWhoAsksAndHowMuchItTakes() throws Exception {
        try (RawUpstream upstream = RawUpstream.missing();
                TestBed bed = new TestBed(
                        Limits.patient(),
                        TestBed.LOOPBACK,
                        Upstream.of("http://127.0.0.1:" + upstream.port() + "/some/prefix"))) {
            bed.fetch();
            assertThat(upstream.heads())
                    .singleElement()
                    .asString()
                    .startsWith("GET /some/prefix/buildid/" + TestBed.ID.hex() + "/debuginfo HTTP/1.1\r\n")
                    .contains(
                            "Host: 127.0.0.1:" + upstream.port() + "\r\n",
                            "User-Agent: stackmapd\r\n",
                            "Accept-Encoding: zstd, gzip\r\n",
                            "X-DEBUGINFOD-MAXSIZE: " + Limits.MAX_BYTES + "\r\n",
                            "Connection: close\r\n")
                    .doesNotContain("X-Forwarded-For", "Cookie", "Authorization");
        }
    }

    @Test
    void noServerIsAskedForAnHtlhash() throws Exception {
        FileRequest request =
                new FileRequest(BuildId.ofHtlhash(new byte[BuildId.HTLHASH_BYTES]), FileRequest.BinaryKind.EXECUTABLE);
        try (RawUpstream upstream = RawUpstream.missing();
                TestBed bed = new TestBed(Limits.patient(), upstream)) {
            FetchReport report = bed.upstreams.fetch(request, ForwardedHeaders.OWN);
            assertThat(report.winner()).isEmpty();
            assertThat(report.isCutShort()).isFalse();
            assertThat(upstream.heads()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "x-gzip", "GZIP", "zstd", "identity", " gzip "})
    void inflates(String coding) throws Exception {
        byte[] body = coding.contains("id") ? FILE : coding.contains("zstd") ? Zstd.compress(FILE) : gzip(FILE);
        try (RawUpstream upstream = RawUpstream.saying(
                        "HTTP/1.1 200 OK\r\nX-DEBUGINFOD-SIZE: 100000\r\nContent-Encoding: " + coding, body);
                TestBed bed = new TestBed(Limits.patient(), upstream)) {
            assertThat(bed.outcome()).isEqualTo(new Fetched(FILE.length));
            assertThat(bed.taken.kept()).containsExactly(FILE);
        }
    }

    @Test
    void inflatesAllMembersThoughTheSecondComesLate() throws Exception {
        try (RawUpstream upstream = new RawUpstream(line -> {
                    line.say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip", gzip(Arrays.copyOf(FILE, 50_000)));
                    line.pause();
                    line.send(gzip(Arrays.copyOfRange(FILE, 50_000, FILE.length)));
                });
                TestBed bed = new TestBed(Limits.patient(), upstream)) {
            assertThat(bed.outcome()).isEqualTo(new Fetched(FILE.length));
            assertThat(bed.taken.kept()).containsExactly(FILE);
        }
    }

    @Test
    void takesAFileInChunksAndOneThatEndsWithItsConnection() throws Exception {
        try (RawUpstream chunks = new RawUpstream(line -> {
                    line.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n186A0\r\n");
                    line.send(FILE);
                    line.say("\r\n0\r\n\r\n");
                });
                RawUpstream closed = RawUpstream.saying("HTTP/1.0 200 OK", FILE);
                TestBed first = new TestBed(Limits.patient(), chunks);
                TestBed second = new TestBed(Limits.patient(), closed)) {
            assertThat(first.outcome()).isEqualTo(new Fetched(FILE.length));
            assertThat(second.outcome()).isEqualTo(new Fetched(FILE.length));
        }
    }

    /// The size is debuginfod's word for the file: a smaller or senseless one says nothing.
    @ParameterizedTest
    @ValueSource(strings = {"100000", "1", "0", "-1", "x", "", "1e9", "99999999999999999999999", "0x10", "10 20"})
    void aSizeThatIsNoLargerChangesNothing(String size) throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("HTTP/1.1 200 OK\r\nX-DEBUGINFOD-SIZE: " + size, FILE);
                TestBed bed = new TestBed(Limits.patient(), upstream)) {
            assertThat(bed.outcome()).isEqualTo(new Fetched(FILE.length));
        }
    }

    @Test
    void aFileOfExactlyTheLimitIsTaken() throws Exception {
        byte[] largest = file((int) Limits.MAX_BYTES);
        byte[] larger = file((int) Limits.MAX_BYTES + 1);
        try (RawUpstream exact = RawUpstream.saying("HTTP/1.1 200 OK", largest);
                RawUpstream above = RawUpstream.saying("HTTP/1.1 200 OK\r\nContent-Encoding: gzip", gzip(larger));
                TestBed first = new TestBed(Limits.patient(), exact);
                TestBed second = new TestBed(Limits.patient(), above)) {
            assertThat(first.outcome()).isEqualTo(new Fetched(Limits.MAX_BYTES));
            assertThat(second.outcome()).isEqualTo(new CallOutcome.TooLarge(Limits.MAX_BYTES));
        }
    }

    @ParameterizedTest
    @CsvSource({"429", "502", "503", "504"})
    void asksAgainWhereItMayHavePassed(int status) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (RawUpstream upstream = new RawUpstream(line -> {
                    if (requests.incrementAndGet() < 3) {
                        line.say("HTTP/1.1 " + status + " Busy\r\nContent-Length: 0");
                    } else {
                        line.say("HTTP/1.1 200 OK", FILE);
                    }
                });
                TestBed bed = new TestBed(Limits.patient().retries(2), upstream)) {
            assertThat(bed.outcome()).isEqualTo(new Fetched(FILE.length));
            assertThat(requests).hasValue(3);
        }
    }

    @Test
    void asksAgainWhereItCouldNotConnect() throws Exception {
        AtomicInteger lookups = new AtomicInteger();
        HostLookup shaky = host -> {
            if (lookups.incrementAndGet() < 3) {
                throw new UnknownHostException(host);
            }
            return List.of(InetAddress.ofLiteral("127.0.0.1"));
        };
        Catch taken = new Catch();
        try (RawUpstream upstream = RawUpstream.having(FILE);
                DebuginfodUpstreams upstreams = new DebuginfodUpstreams(
                        List.of(Upstream.of("http://files.example:" + upstream.port())),
                        Limits.patient().retries(2).build(),
                        TestBed.LIVES,
                        TestBed.LOOPBACK,
                        taken,
                        () -> NOW,
                        shaky)) {
            assertThat(upstreams.fetch(TestBed.WANTED, ForwardedHeaders.OWN).winner())
                    .isPresent();
            assertThat(lookups).hasValue(3);
            assertThat(taken.kept()).containsExactly(FILE);
        }
    }

    @Test
    void asksNoMoreOftenThanTold() throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("HTTP/1.1 503 Busy");
                TestBed bed = new TestBed(Limits.patient().retries(2), upstream)) {
            assertThat(bed.outcome()).isEqualTo(new Failed(503, Duration.ZERO));
            assertThat(upstream.heads()).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"400", "401", "403", "404", "406", "410", "500", "501"})
    void asksOnceWhereTheAnswerWouldBeTheSame(String status) throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("HTTP/1.1 " + status + " No");
                TestBed bed = new TestBed(Limits.patient().retries(2), upstream)) {
            bed.fetch();
            assertThat(upstream.heads()).hasSize(1);
        }
    }

    @Test
    void doesNotWaitWhenItIsToldToWaitForLong() throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("HTTP/1.1 429 Slow\r\nRetry-After: 2");
                TestBed bed = new TestBed(Limits.patient().retries(2), upstream)) {
            FetchReport report = bed.fetch();
            assertThat(report.answers())
                    .containsExactly(new RecordedAnswer(
                            upstream.upstream(),
                            new Failed(429, Duration.ofSeconds(2)),
                            bed.now,
                            bed.now.plusSeconds(2),
                            0));
            assertThat(upstream.heads()).hasSize(1);
        }
    }

    /// RFC 9110 10.2.3; dates as its section 5.6.7 prefers them.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "120 | 120",
                "' 7 ' | 7",
                "999999999 | 999999999",
                "9999999999 | 0",
                "-1 | 0",
                "+1 | 0",
                "1.5 | 0",
                "1e9 | 0",
                "0x10 | 0",
                "٣ | 0",
                "'' | 0",
                "soon | 0",
                "Thu, 01 Jan 2026 00:02:00 GMT | 120",
                "Thu, 01 Jan 2026 00:00:00 GMT | 0",
                "Wed, 31 Dec 2025 23:59:59 GMT | 0",
                "Fri, 31 Dec 9999 23:59:59 GMT | 251635075199",
                "Thu, 99 Jan 2026 00:02:00 GMT | 0",
                "Thu, 01 Jan 2026 | 0"
            })
    void readsRetryAfter(String value, long seconds) {
        assertThat(RetryAfter.parse(value, NOW)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void passesOnWhatTheRequestSays() {
        assertThat(ForwardedHeaders.of(" gdb/16 ", "192.0.2.1, 192.0.2.2", "127.0.0.1"))
                .isEqualTo(new ForwardedHeaders("gdb/16", List.of("192.0.2.1", "192.0.2.2", "127.0.0.1")));
        assertThat(ForwardedHeaders.of("", "", "::1")).isEqualTo(new ForwardedHeaders("stackmapd", List.of("::1")));
    }

    @Test
    void makesHarmlessWhatCannotBePassedOn() {
        ForwardedHeaders forwarded =
                ForwardedHeaders.of("a\r\nX-Evil: 1\u0000é", ",, \t,x\u007f" + "y".repeat(2_000), "\n");
        assertThat(forwarded.userAgent()).isEqualTo("a??X-Evil: 1??");
        assertThat(forwarded.forwardedFor())
                .hasSize(5)
                .startsWith("unknown", "unknown", "unknown")
                .endsWith("unknown");
        assertThat(forwarded.forwardedFor().get(3)).startsWith("x?y").hasSize(1_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "a\rb", "é", "\u007f", "\u0000"})
    void refusesHeadersThatCannotBeSent(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ForwardedHeaders(value, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new ForwardedHeaders("x", List.of(value)));
    }

    @Test
    void aHopIsOneHop() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ForwardedHeaders("x", List.of("a, b")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://a.example/", "a.example", "http://", "http:///x", "http://u@a.example", "http://a.example/?x",
                "http://a.example/#x", "http://a.example:0", "http://a b", "file:///x", "", "http://a.example:99999"
            })
    void anUpstreamIsAPlainUrl(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> Upstream.of(url));
    }

    static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }
}
