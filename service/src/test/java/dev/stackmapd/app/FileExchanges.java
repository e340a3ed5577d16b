package dev.stackmapd.app;

import static dev.stackmapd.app.Exchange.CONTENT_TYPE;
import static dev.stackmapd.app.Exchange.ITS_ETAG;
import static dev.stackmapd.app.Exchange.delete;
import static dev.stackmapd.app.Exchange.get;
import static dev.stackmapd.app.Exchange.head;
import static dev.stackmapd.app.Exchange.post;
import static dev.stackmapd.app.Exchange.put;

import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.stream.Stream;

/// Requests about binaries and debug files, for every status that they are answered with, of a service that holds one
/// of its own and waits for others of the three-call protocol.
final class FileExchanges {
    static final String PLAIN = "30c9879257ed19cfa469ff85aae7984a6a88be23";
    static final String SPLIT = "bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2";
    static final String ALTERNATE = "6d59e09069c119f17da5ec4b3c1508f555fc29d8";
    static final String CONNECT = "/debuginfo.v1alpha1.DebuginfoService/";
    private static final String OCTETS = "application/octet-stream";

    private FileExchanges() {}

    /// @param upstream one that the service has
    static Stream<Exchange> all(String upstream) {
        return Stream.of(
                        binaries(),
                        uploads(),
                        upstreams(upstream),
                        metadata(),
                        wholeFiles(),
                        sections(),
                        sources(),
                        pyroscopesOffers(),
                        pyroscopesFiles())
                .flatMap(s -> s);
    }

    private static Stream<Exchange> binaries() {
        String path = "/v1/binaries";
        String prewarm = path + "/prewarm";
        String one = "{\"buildIds\": [\"0a0b\"]}";
        return Stream.of(
                get(200, path),
                get(200, path + "?limit=1"),
                get(200, path + "?missing=true"),
                get(400, path + "?limit=0"),
                get(406, path, "Accept", "text/html"),
                get(200, path + "/0a0b"),
                get(200, path + "/" + PLAIN),
                get(400, path + "/xyz"),
                get(404, path + "/00ff"),
                get(406, path + "/0a0b", "Accept", "text/html"),
                post(202, prewarm, one),
                post(202, prewarm, "{\"buildIds\": []}"),
                post(400, prewarm, "{}"),
                post(400, prewarm, "{\"buildIds\": [\"xyz\"]}"),
                post(406, prewarm, one, "Accept", "text/html"),
                post(413, prewarm, "{\"buildIds\": [" + "null,".repeat(10_000) + "null]}"),
                post(415, prewarm, one, CONTENT_TYPE, "text/plain"));
    }

    private static Stream<Exchange> uploads() {
        String held = "/v1/binaries/" + PLAIN + "/executable";
        String fresh = "/v1/binaries/" + SPLIT + "/executable";
        String none = "/v1/binaries/00ff/executable";
        String plain = file("dwarf/plain");
        String stripped = file("split/stripped");
        String piece = stripped.substring(0, 4_096);
        String first = "bytes 0-4095/" + stripped.length();
        String gap = "bytes 7-4102/" + stripped.length();
        return Stream.of(
                put(200, held, plain, CONTENT_TYPE, OCTETS),
                put(200, held, "never read", CONTENT_TYPE, OCTETS, "Repr-Digest", digest(plain)),
                put(201, fresh, stripped, CONTENT_TYPE, OCTETS),
                put(202, fresh, piece, CONTENT_TYPE, OCTETS, "Repr-Digest", digest(stripped), "Content-Range", first),
                put(400, "/v1/binaries/" + PLAIN + "/index", plain, CONTENT_TYPE, OCTETS),
                put(400, fresh, piece, CONTENT_TYPE, OCTETS, "Content-Range", first),
                put(406, fresh, stripped, CONTENT_TYPE, OCTETS, "Accept", "text/html"),
                put(409, fresh, piece, CONTENT_TYPE, OCTETS, "Repr-Digest", digest(stripped), "Content-Range", gap),
                put(413, fresh, large((1 << 20) + 1), CONTENT_TYPE, OCTETS),
                put(415, fresh, stripped, CONTENT_TYPE, OCTETS, "Content-Encoding", "br"),
                put(422, fresh, plain, CONTENT_TYPE, OCTETS),
                put(507, fresh, large(1 << 20), CONTENT_TYPE, OCTETS),
                head(204, held, "Repr-Digest", digest(plain)),
                head(400, held),
                head(404, none, "Repr-Digest", digest(plain)),
                delete(204, held),
                delete(400, "/v1/binaries/xyz/executable"),
                delete(404, none));
    }

    private static Stream<Exchange> upstreams(String upstream) {
        String path = "/v1/upstreams";
        String reset = path + "/reset";
        String known = "{\"upstream\": \"" + upstream + "\"}";
        return Stream.of(
                get(200, path),
                get(400, path + "?x=1"),
                get(406, path, "Accept", "text/html"),
                post(204, reset, known),
                post(400, reset, "{}"),
                post(400, reset, "{\"upstream\": \"file:///etc\"}"),
                post(404, reset, "{\"upstream\": \"http://other.example/\"}"),
                post(406, reset, known, "Accept", "text/html"),
                post(413, reset, " ".repeat((16 << 20) + 1)),
                post(415, reset, known, CONTENT_TYPE, "text/plain"));
    }

    private static Stream<Exchange> metadata() {
        String path = "/metadata";
        return Stream.of(
                get(200, path + "?key=file&value=/usr/bin/app&later=1"),
                get(200, path + "?key=glob&value=*"),
                get(200, path + "?key=buildid&value=" + PLAIN),
                get(400, path),
                get(400, path + "?key=buildid&value=xyz"),
                get(406, path + "?key=glob&value=*", "Accept", "text/html"));
    }

    private static Stream<Exchange> wholeFiles() {
        return Stream.of("debuginfo", "executable").flatMap(kind -> parts(kind, "/buildid/" + PLAIN + "/" + kind));
    }

    private static Stream<Exchange> sections() {
        return Stream.concat(
                parts("section/.text", "/buildid/" + PLAIN + "/section/.text"),
                Stream.of(
                        get(404, "/buildid/" + PLAIN + "/section/.nowhere"),
                        get(400, "/buildid/" + PLAIN + "/section/" + "x".repeat(257))));
    }

    private static Stream<Exchange> parts(String kind, String path) {
        return Stream.of(
                get(200, path),
                get(200, path, "Range", "bytes=0-0", "If-Range", "\"another\""),
                get(206, path, "Range", "bytes=1-3"),
                get(304, path, "If-None-Match", ITS_ETAG),
                get(200, path + "?x=1"),
                get(400, "/buildid/xyz/" + kind),
                get(404, "/buildid/00ff/" + kind),
                get(406, path, "X-DEBUGINFOD-MAXSIZE", "1"),
                get(416, path, "Range", "bytes=1000000-"));
    }

    private static Stream<Exchange> sources() {
        String path = "/buildid/" + PLAIN + "/source/src/main.cc";
        return Stream.of(
                get(200, path),
                get(200, path + "?x=1"),
                get(400, "/buildid/xyz/source/src/main.cc"),
                get(404, "/buildid/" + PLAIN + "/source/src/not-named.cc"),
                get(406, path, "X-DEBUGINFOD-MAXSIZE", "1"));
    }

    /// In Protobuf: fields 1 and 5 (a build-id and a type) in field 1; a build-id in field 1.
    private static Stream<Exchange> pyroscopesOffers() {
        String asked = CONNECT + "ShouldInitiateUpload";
        String finished = CONNECT + "UploadFinished";
        return Stream.of(
                post(200, asked, offer(PLAIN, "TYPE_EXECUTABLE_FULL")),
                post(200, asked, "\n,\n(" + PLAIN + "(\001", CONTENT_TYPE, "application/proto"),
                post(400, asked, "{}"),
                post(400, asked, "{"),
                post(413, asked, " ".repeat((16 << 20) + 1)),
                post(415, asked, "{}", CONTENT_TYPE, "text/plain"),
                post(200, finished, "{\"gnuBuildId\": \"" + ALTERNATE + "\"}"),
                post(200, finished, "\n(" + ALTERNATE, CONTENT_TYPE, "application/proto"),
                post(400, finished, "{\"gnuBuildId\": \"00ff\"}"),
                post(413, finished, " ".repeat((16 << 20) + 1)),
                post(415, finished, "{}", CONTENT_TYPE, "text/plain"));
    }

    private static Stream<Exchange> pyroscopesFiles() {
        String path = CONNECT + "Upload/" + SPLIT;
        String stripped = file("split/stripped");
        return Stream.of(
                post(200, path, stripped, CONTENT_TYPE, OCTETS),
                post(400, CONNECT + "Upload/xyz", stripped, CONTENT_TYPE, OCTETS),
                post(412, CONNECT + "Upload/00ff", stripped, CONTENT_TYPE, OCTETS),
                post(413, path, large((1 << 20) + 1), CONTENT_TYPE, OCTETS),
                post(415, path, stripped, CONTENT_TYPE, OCTETS, "Content-Encoding", "br"),
                post(422, path, file("dwarf/plain"), CONTENT_TYPE, OCTETS),
                post(507, path, large(1 << 20), CONTENT_TYPE, OCTETS));
    }

    static String offer(String buildId, String type) {
        return "{\"file\": {\"gnuBuildId\": \"%s\", \"type\": \"%s\"}}".formatted(buildId, type);
    }

    static String file(String fixture) {
        try {
            return Files.readString(Fixtures.path("binaries/" + fixture), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The beginning of a file, and zeros.
    private static String large(int bytes) {
        String beginning = file("split/stripped");
        return beginning + "\0".repeat(bytes - beginning.length());
    }

    private static String digest(String file) {
        try {
            byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(file.getBytes(StandardCharsets.ISO_8859_1));
            return "sha-256=:%s:".formatted(Base64.getEncoder().encodeToString(sha256));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
