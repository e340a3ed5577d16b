package dev.stackmapd.upstream;

import static dev.stackmapd.upstream.TestBed.file;
import static dev.stackmapd.upstream.TestBed.soon;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.github.luben.zstd.Zstd;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.upstream.AddressRules.AddressScope;
import dev.stackmapd.upstream.CallOutcome.Failed;
import dev.stackmapd.upstream.CallOutcome.NetworkFailure;
import dev.stackmapd.upstream.CallOutcome.NotFound;
import dev.stackmapd.upstream.CallOutcome.TimedOut;
import dev.stackmapd.upstream.CallOutcome.TimeoutPhase;
import dev.stackmapd.upstream.CallOutcome.TooLarge;
import dev.stackmapd.upstream.CallOutcome.Unreachable;
import dev.stackmapd.upstream.CallOutcome.WrongContent;
import dev.stackmapd.upstream.RawUpstream.Script;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each costs at most the deadline, says what it was, and leaves nothing behind: no sink, no connection, no slot (there
/// is one, and the second request needs it), no thread (closing waits for them).
class MisbehavingUpstreamsTest {
    private static final String OK = "HTTP/1.1 200 OK";
    private static final String LENGTH = OK + "\r\nContent-Length: ";
    private static final byte[] FILE = file(5_000);

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void slow(String name, Script script, CallOutcome expected) throws Exception {
        isGivenUpAndLeavesNothing(Limits.hasty(), script, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"endless", "lying", "wrong", "statuses"})
    void other(String name, Script script, CallOutcome expected) throws Exception {
        isGivenUpAndLeavesNothing(Limits.patient().fetches(1).perHost(1), script, expected);
    }

    private static void isGivenUpAndLeavesNothing(Limits limits, Script script, CallOutcome expected) throws Exception {
        try (RawUpstream upstream = new RawUpstream(script);
                TestBed bed = new TestBed(limits, upstream)) {
            assertThat(bed.outcome()).isEqualTo(expected);
            bed.nothingIsLeft();
            soon().until(() -> upstream.connections() == 0);

            bed.upstreams.reset(upstream.upstream());
            assertThat(bed.outcome()).as("with the same slot").isEqualTo(expected);
            bed.nothingIsLeft();
            assertThat(bed.taken.kept()).isEmpty();
        }
    }

    static Stream<Arguments> slow() {
        return Stream.of(
                arguments(
                        "sends interim answers without end",
                        (Script) line -> forever(
                                line,
                                "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(99).getBytes(UTF_8)),
                        new TimedOut(TimeoutPhase.HEAD)),
                arguments("accepts and says nothing", (Script) line -> line.silence(), new TimedOut(TimeoutPhase.HEAD)),
                arguments(
                        "drips its head",
                        (Script) line -> drip(line, OK + "\r\nX-Slow: " + "a".repeat(9_000)),
                        new TimedOut(TimeoutPhase.HEAD)),
                arguments(
                        "drips its body",
                        (Script) line -> {
                            line.say(LENGTH + FILE.length);
                            line.say("\r\n\r\n\177ELF");
                            drip(line, "a".repeat(9_000));
                        },
                        new TimedOut(TimeoutPhase.BODY)),
                arguments(
                        "falls silent in its body",
                        (Script) line -> {
                            line.say(LENGTH + FILE.length, Arrays.copyOf(FILE, 100));
                            line.silence();
                        },
                        new TimedOut(TimeoutPhase.BODY)));
    }

    private static void drip(RawUpstream.Line line, String text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            line.say(text.substring(i, i + 1));
            line.pause();
        }
    }

    static Stream<Arguments> endless() {
        byte[] bomb = gzip(64 << 20);
        return Stream.of(
                arguments(
                        "sends a body without end",
                        (Script) line -> {
                            line.say(OK, FILE);
                            forever(line, new byte[8_192]);
                        },
                        new TooLarge(Limits.MAX_BYTES)),
                arguments(
                        "sends chunks without end",
                        (Script) line -> {
                            line.say(OK + "\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n\177ELF\r\n");
                            forever(line, "1\r\na\r\n".repeat(999).getBytes(UTF_8));
                        },
                        new TooLarge(Limits.MAX_BYTES)),
                arguments(
                        "sends a line of the head without end",
                        (Script) line -> {
                            line.say(OK + "\r\nX-Long: ");
                            forever(line, "a".repeat(999).getBytes(UTF_8));
                        },
                        new Unreachable(NetworkFailure.PROTOCOL)),
                arguments(
                        "sends headers without end",
                        (Script) line -> {
                            line.say(OK + "\r\n");
                            forever(line, "X-More: a\r\n".repeat(99).getBytes(UTF_8));
                        },
                        new Unreachable(NetworkFailure.PROTOCOL)),
                arguments(
                        "sends a gzip bomb",
                        saying(OK + "\r\nContent-Encoding: gzip", bomb),
                        new TooLarge(Limits.MAX_BYTES)),
                arguments(
                        "sends a zstd bomb",
                        saying(OK + "\r\nContent-Encoding: zstd", Zstd.compress(elf(64 << 20))),
                        new TooLarge(Limits.MAX_BYTES)),
                arguments(
                        "sends gzip that grows to nothing without end",
                        (Script) line -> {
                            line.say(OK + "\r\nContent-Encoding: gzip\r\n\r\n");
                            forever(line, gzip(0));
                        },
                        new WrongContent("damaged gzip")));
    }

    private static void forever(RawUpstream.Line line, byte... bytes) throws IOException {
        while (true) {
            line.send(bytes);
        }
    }

    static Stream<Arguments> lying() {
        String gzip = OK + "\r\nContent-Encoding: gzip";
        String zstd = OK + "\r\nContent-Encoding: zstd";
        return Stream.of(
                arguments(
                        "announces more than it sends",
                        saying(LENGTH + (FILE.length + 1), FILE),
                        new Unreachable(NetworkFailure.CUT_SHORT)),
                arguments(
                        "announces less than it sends",
                        saying(LENGTH + 0x80, FILE),
                        new WrongContent("another build-id")),
                arguments(
                        "announces too much",
                        saying(LENGTH + (Limits.MAX_BYTES + 1), FILE),
                        new TooLarge(Limits.MAX_BYTES)),
                arguments(
                        "announces the most that a number holds",
                        saying(LENGTH + Long.MAX_VALUE, FILE),
                        new TooLarge(Limits.MAX_BYTES)),
                arguments(
                        "announces more than a number holds",
                        saying(LENGTH + "9".repeat(30), FILE),
                        new Unreachable(NetworkFailure.PROTOCOL)),
                arguments(
                        "announces a negative length",
                        saying(LENGTH + "-5", FILE),
                        new Unreachable(NetworkFailure.PROTOCOL)),
                arguments(
                        "says that the file is larger",
                        saying(OK + "\r\nX-DEBUGINFOD-SIZE: 5001", FILE),
                        new Unreachable(NetworkFailure.CUT_SHORT)),
                arguments(
                        "ends in the middle of a chunk",
                        (Script) line -> {
                            line.say(OK + "\r\nTransfer-Encoding: chunked\r\n\r\n1389\r\n");
                            line.send(FILE);
                        },
                        new Unreachable(NetworkFailure.CUT_SHORT)),
                arguments(
                        "has a chunk of a negative size",
                        saying(OK + "\r\nTransfer-Encoding: chunked\r\n\r\n-1", FILE),
                        new Unreachable(NetworkFailure.PROTOCOL)),
                arguments("calls a plain file gzip", saying(gzip, FILE), new WrongContent("damaged gzip")),
                arguments("calls a plain file zstd", saying(zstd, FILE), new WrongContent("damaged zstd")),
                arguments(
                        "sends gzip that ends early",
                        saying(gzip, Arrays.copyOf(gzip(5_000), 30)),
                        new WrongContent("gzip that ends early")),
                arguments(
                        "sends zstd that ends early",
                        saying(zstd, Arrays.copyOf(Zstd.compress(FILE), 30)),
                        new WrongContent("damaged zstd")),
                arguments(
                        "uses an unknown coding",
                        saying(OK + "\r\nContent-Encoding: br", FILE),
                        new WrongContent("an unknown Content-Encoding")));
    }

    static Stream<Arguments> wrong() {
        byte[] other =
                ElfBuilder.elf64().noteSegment(0x100, RawNote.buildIdOf(16)).build();
        return Stream.of(
                arguments(
                        "shows a login page",
                        saying(OK + "\r\nContent-Type: text/html", "<!DOCTYPE html>".getBytes(UTF_8)),
                        new WrongContent("not ELF")),
                arguments(
                        "sends a file of another build-id",
                        saying(LENGTH + other.length, other),
                        new WrongContent("another build-id")),
                arguments("sends nothing", saying(LENGTH + 0), new WrongContent("another build-id")),
                arguments(
                        "speaks another protocol",
                        (Script) line -> line.say("220 mail ESMTP\r\n"),
                        new Unreachable(NetworkFailure.RESET)),
                arguments(
                        "speaks another protocol without end",
                        (Script) line ->
                                forever(line, "220 mail ESMTP\r\n".repeat(99).getBytes(UTF_8)),
                        new Unreachable(NetworkFailure.PROTOCOL)),
                arguments("closes at once", (Script) line -> {}, new Unreachable(NetworkFailure.RESET)),
                arguments("resets at once", (Script) RawUpstream.Line::reset, new Unreachable(NetworkFailure.RESET)),
                arguments(
                        "resets in its body",
                        (Script) line -> {
                            line.say(LENGTH + FILE.length, Arrays.copyOf(FILE, 100));
                            line.reset();
                        },
                        new Unreachable(NetworkFailure.RESET)));
    }

    static Stream<Arguments> statuses() {
        return Stream.of(
                arguments("404", saying("HTTP/1.1 404 Not Found"), new NotFound(AddressScope.PRIVATE)),
                arguments("410", saying("HTTP/1.1 410 Gone"), new NotFound(AddressScope.PRIVATE)),
                arguments("406", saying("HTTP/1.1 406 File too large"), new TooLarge(Limits.MAX_BYTES)),
                arguments("403", saying("HTTP/1.1 403 Forbidden"), new Failed(403, Duration.ZERO)),
                arguments("204", saying("HTTP/1.1 204 No Content"), new Failed(204, Duration.ZERO)),
                arguments("304", saying("HTTP/1.1 304 Not Modified"), new Failed(304, Duration.ZERO)),
                arguments("500", saying("HTTP/1.1 500 Oops"), new Failed(500, Duration.ZERO)),
                arguments("503", saying("HTTP/1.1 503 Busy"), new Failed(503, Duration.ZERO)),
                arguments(
                        "429 that asks for a minute",
                        saying("HTTP/1.1 429 Slow\r\nRetry-After: 60"),
                        new Failed(429, Duration.ofMinutes(1))));
    }

    @Test
    void aDeadPortIsNotConnected() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        try (TestBed bed = new TestBed(Limits.hasty(), TestBed.LOOPBACK, Upstream.of("http://127.0.0.1:" + port))) {
            assertThat(bed.outcome()).isEqualTo(new Unreachable(NetworkFailure.NOT_CONNECTED));
            bed.nothingIsLeft();
        }
    }

    @Test
    void anUnknownNameIsUnreachable() throws Exception {
        try (TestBed bed = new TestBed(Limits.hasty(), TestBed.LOOPBACK, Upstream.of("http://nowhere.example"))) {
            assertThat(bed.outcome()).isEqualTo(new Unreachable(NetworkFailure.UNKNOWN_HOST));
        }
    }

    @Test
    void aPlainServerSpeaksNoTls() throws Exception {
        try (RawUpstream plain = new RawUpstream(line -> line.say("HTTP/1.1 400 Bad Request\r\n\r\n"));
                TestBed bed = new TestBed(
                        Limits.hasty(), TestBed.LOOPBACK, Upstream.of("https://127.0.0.1:" + plain.port()))) {
            // It reads a client hello for a request, and waits for its end.
            assertThat(bed.outcome())
                    .isIn(
                            new TimedOut(TimeoutPhase.HEAD),
                            new TimedOut(TimeoutPhase.CONNECT),
                            new Unreachable(NetworkFailure.TLS));
            bed.nothingIsLeft();
        }
    }

    private static Script saying(String head, byte... body) {
        return line -> line.say(head, body);
    }

    private static byte[] elf(int length) {
        byte[] zeros = new byte[length];
        System.arraycopy(FILE, 0, zeros, 0, FILE.length);
        return zeros;
    }

    private static byte[] gzip(int length) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(Arrays.copyOf(elf(Math.max(length, FILE.length)), length));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return packed.toByteArray();
    }
}
