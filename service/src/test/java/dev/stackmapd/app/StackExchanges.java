package dev.stackmapd.app;

import static dev.stackmapd.app.Exchange.delete;
import static dev.stackmapd.app.Exchange.get;
import static dev.stackmapd.app.Exchange.post;
import static dev.stackmapd.app.Exchange.put;

import java.util.stream.Stream;

/// Requests about stacks and maps, for every status that they are answered with.
final class StackExchanges {
    static final String ID = "6201676545fdb6dc787520913fff35a4";
    static final String BATCH = """
            {"batchId": "answers/1",
             "processes": [{"pid": 7, "labels": {"a": "b"}, "maps":
               "00400000-00401000 r-xp 00001000 fe:00 7 /usr/bin/app\\n00500000-00501000 r-xp 00000000 00:00 0 \\n?\\n",
               "binaries": [{"path": "/usr/bin/app", "dev": "fe:00", "inode": "0x7", "buildId": "0a0b"},
                            {"path": "/usr/bin/no", "head": "f0VMRg=="}]}],
             "stacks": [
               {"process": 0, "ips": ["0x400010", 5242896, "0x600000"], "count": 3, "time": "2026-11-23T06:40:00Z"},
               {"frames": [{"buildId": "93ac61ec0b9f2f2a9f4d0c6f3a5e8d7c6b5a4938", "offset": "0x16e066"},
                           {"ip": "0x7f27c28129c0", "reason": "ANONYMOUS"}]},
               {"frames": [{"buildId": "00000000", "offset": 1}, {"ip": "0xffffffff81000000"},
                           {"buildId": "ababababababababababababababababababababababab", "offset": "0xFFFFFFFFFFFFFFFF"}]}]}
            """;
    private static final String DEEP =
            "{\"processes\": [{\"maps\": \"\"}], \"stacks\": [{\"process\": 0, \"ips\": [1" + ",1".repeat(199) + "]}]}";
    private static final String TOO_DEEP = DEEP.replace("[1,", "[" + "1,".repeat(1_000));
    static final String EIGHT = """
            {"processes": [{"maps": "00400000-00401000 r-xp 00001000 fe:00 7 /a\\n",
                            "binaries": [{"path": "/a", "buildId": "0a0b"}]}],
             "stacks": [{"process": 0, "ips": ["0x400010"]}, {"process": 0, "ips": ["0x400030"]},
                        {"process": 0, "ips": ["0x400040"]}, {"process": 0, "ips": ["0x400060"]}]}""";
    /// Frames of the other forms, a stack of each.
    private static final String FORMS = """
            {"type": "off_cpu/nanoseconds", "kind": "sum", "stacks": [
               {"frames": [{"type": "jvm", "function": "f", "file": "A.j", "line": 7}], "type": "inuse_space/bytes"},
               {"frames": [{"buildId": "0a0b", "offset": "0x1234", "kernel": true}]},
               {"frames": [{"htlhash": "000102030405060708090a0b0c0d0e0f", "offset": "0x1234"}]}]}
            """;
    private static final String SYMBOLIZE = """
            {"frames": [{"buildId": "0A0B", "offset": 4112}, {"buildId": "00000000", "offset": "0x1"},
                        {"buildId": "ababababababababababababababababababababababab", "offset": "0x1"}]}""";

    private StackExchanges() {}

    static Stream<Exchange> all() {
        return Stream.of(batches(), stacks(), symbols(), maps(), kernelStacks()).flatMap(s -> s);
    }

    private static Stream<Exchange> batches() {
        String path = "/v1/batches";
        return Stream.of(
                post(200, path, BATCH),
                post(200, path, DEEP),
                post(200, path, FORMS),
                post(200, path, "{\"stacks\": []}"),
                post(400, path, ""),
                post(400, path, "{"),
                post(400, path, "{}"),
                post(400, path, "{\"stacks\": [{\"process\": 1, \"ips\": [1]}]}"),
                post(400, path, "{\"processes\": [{}], \"stacks\": [{\"process\": 0, \"ips\": [1]}]}"),
                post(400, path + "?dryRun=true", BATCH),
                post(406, path, BATCH, "Accept", "text/html"),
                post(409, path, "{\"batchId\": \"answers/1\", \"stacks\": []}"),
                post(413, path, TOO_DEEP),
                post(413, path, " ".repeat((16 << 20) + 1)),
                post(415, path, BATCH, "Content-Type", "text/plain"),
                post(415, path, BATCH, "Content-Encoding", "br"));
    }

    private static Stream<Exchange> stacks() {
        String query = "/v1/stacks/query";
        String asked = "{\"ids\": [\"" + ID + "\", \"" + "0".repeat(32) + "\"]}";
        String tooMany = "{\"ids\": [" + "null,".repeat(10_000) + "null]}";
        return Stream.of(
                get(200, "/v1/stacks"),
                get(200, "/v1/stacks?limit=1"),
                get(400, "/v1/stacks?limit=ten"),
                get(400, "/v1/stacks?after=1"),
                get(406, "/v1/stacks", "Accept", "text/html"),
                post(200, query, asked),
                post(200, query + "?symbols=false", asked),
                post(400, query, "{\"ids\": 7}"),
                post(400, query, "{\"ids\": [null]}"),
                post(406, query, asked, "Accept", "text/html"),
                post(413, query, tooMany),
                post(415, query, asked, "Content-Type", "text/plain"),
                get(200, "/v1/stacks/" + ID),
                get(200, "/v1/stacks/" + ID + "?symbols=false"),
                get(200, "/v1/stacks/a52886adf714793e0ed6eca62d55feab"),
                get(200, "/v1/stacks/e5829ff10260976fd2891b8a3cb45862"),
                get(200, "/v1/stacks/e5829ff10260976fd2891b8a3cb45862?symbols=false"),
                get(200, "/v1/stacks/cf31e3a451c7f7865e47c90d14860004"),
                get(400, "/v1/stacks/xyz"),
                get(400, "/v1/stacks/" + ID + "?demangle=some"),
                get(404, "/v1/stacks/" + "0".repeat(32)),
                get(406, "/v1/stacks/" + ID, "Accept", "text/html"));
    }

    private static Stream<Exchange> symbols() {
        String path = "/v1/symbolize";
        return Stream.of(
                post(200, path, SYMBOLIZE),
                post(200, path, SYMBOLIZE.replaceFirst("\\{", "{\"callSites\": true, ")),
                post(200, path, SYMBOLIZE.replace("\"buildId\": \"0A0B\"", "\"htlhash\": \"%s\"".formatted(ID))),
                post(400, path, "{\"frames\": [{\"htlhash\": \"0a\", \"offset\": 1}]}"),
                post(400, path, "{\"frames\": [{\"buildId\": \"0a\", \"offset\": \"x1\"}]}"),
                post(406, path, SYMBOLIZE, "Accept", "text/html"),
                post(413, path, "{\"frames\": [" + "null,".repeat(100_000) + "null]}"),
                post(415, path, SYMBOLIZE, "Content-Type", "text/plain"));
    }

    private static Stream<Exchange> maps() {
        String fresh = "/v1/stackmaps/fresh";
        String known = "/v1/stackmaps/ips";
        String good = "{\"maxEntries\": 8}";
        return Stream.of(
                put(201, fresh, good),
                put(201, fresh, "{\"maxEntries\": 8, \"depth\": null, \"buildId\": true}"),
                put(200, known, good),
                put(400, fresh, "{\"maxEntries\": 0}"),
                put(400, fresh, "{\"maxEntries\": \"many\"}"),
                put(400, "/v1/stackmaps/a%20b", good),
                put(406, fresh, good, "Accept", "text/html"),
                put(409, known, "{\"maxEntries\": 16}"),
                put(413, fresh, "{\"maxEntries\": 2147483649}"),
                put(415, fresh, good, "Content-Encoding", "gzip, gzip"),
                put(507, fresh, "{\"maxEntries\": 1073741824}"),
                get(200, known),
                get(400, known + "?x=1"),
                get(404, fresh),
                get(406, known, "Accept", "text/html"),
                delete(204, known),
                delete(400, known + "?x=1"),
                delete(404, fresh));
    }

    private static Stream<Exchange> kernelStacks() {
        String path = "/v1/stackmaps/ips/stacks";
        return Stream.of(
                get(200, path),
                get(200, path + "?limit=1"),
                get(400, path + "?limit=0"),
                get(404, "/v1/stackmaps/fresh/stacks"),
                get(406, path, "Accept", "text/html"),
                post(200, path, EIGHT),
                post(200, path + "?skip=2", EIGHT),
                post(200, path + "?reuse=true&fast=true", EIGHT),
                post(400, path, "{\"stacks\": [{\"frames\": [{\"ip\": 1}]}]}"),
                post(400, path + "?skip=256", EIGHT),
                post(404, "/v1/stackmaps/fresh/stacks", EIGHT),
                post(406, path, EIGHT, "Accept", "text/html"),
                post(413, path, TOO_DEEP),
                post(415, path, EIGHT, "Content-Type", "text/plain"),
                get(200, path + "/4"),
                get(200, "/v1/stackmaps/translated/stacks/4"),
                get(400, path + "/x"),
                get(404, path + "/5"),
                get(404, path + "/-1"),
                get(404, "/v1/stackmaps/fresh/stacks/4"),
                get(406, path + "/4", "Accept", "text/html"),
                delete(200, path + "/4?take=true"),
                delete(204, path + "/4"),
                delete(400, path + "/x"),
                delete(404, path + "/5"),
                delete(404, path + "/99"),
                delete(406, path + "/4?take=true", "Accept", "text/html"));
    }
}
