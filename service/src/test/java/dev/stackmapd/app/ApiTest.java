package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The HTTP contract, field by field.
class ApiTest extends LiveServer {
    private static final String APP = "93ac61ec";

    @Test
    void aBatchOfRawAndOfTranslatedStacks() {
        Answer answer = post("/v1/batches", """
                {
                  "batchId": "api/1",
                  "unknown": {"ignored": [1, 2]},
                  "processes": [{
                    "pid": 4242,
                    "maps": "55cb47178000-55cb47179000 r-xp 00001000 fe:00 26723      /usr/bin/app\\nnot a mapping\\n",
                    "binaries": [{"path": "/usr/bin/app", "dev": "fe:00", "inode": 26723, "buildId": "93ac61ec"}],
                    "labels": {"service": "checkout", "pod": "checkout-5d9f"}
                  }],
                  "stacks": [
                    {"process": 0, "ips": ["0x55cb47178123", 94328600035328], "count": 5, "time": "2026-11-23T06:40:00Z"},
                    {"frames": [{"buildId": "93AC61EC", "offset": "0x16e066"}, {"ip": "0x7f27c28129c0"}]}
                  ]
                }""");
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        JsonNode receipt = answer.json();
        assertThat(receipt.get("ids").size()).isEqualTo(2);
        assertThat(receipt.get("new").asInt()).isEqualTo(2);
        assertThat(receipt.at("/frames/inFile").asInt()).isEqualTo(2);
        assertThat(receipt.at("/frames/raw/NO_MAPPING").asInt()).isEqualTo(2);
        assertThat(receipt.at("/warnings/0/process").asInt(-1)).isZero();
        assertThat(receipt.at("/warnings/0/line").asInt()).isEqualTo(2);
        assertThat(receipt.at("/warnings/0/detail").asString()).isNotBlank();

        JsonNode first = get("/v1/stacks/" + receipt.at("/ids/0").asString()).json();
        assertThat(first.get("depth").asInt()).isEqualTo(2);
        assertThat(first.get("truncated").asBoolean()).isFalse();
        JsonNode leaf = first.at("/frames/0");
        assertThat(leaf.get("status").asString()).isEqualTo("VALID");
        assertThat(leaf.get("buildId").asString()).isEqualTo(APP);
        assertThat(leaf.get("offset").asString()).isEqualTo("0x1123");
        assertThat(leaf.get("module").asString()).isEqualTo("app");
        assertThat(leaf.get("outcome").asString()).isEqualTo("NO_BINARY");
        assertThat(leaf.get("symbols").isEmpty()).isTrue();
        JsonNode raw = first.at("/frames/1");
        assertThat(raw.get("status").asString()).isEqualTo("IP");
        assertThat(raw.get("ip").asString()).isEqualTo("0x55ca96b28000");
        assertThat(raw.get("reason").asString()).isEqualTo("NO_MAPPING");

        JsonNode bare = get("/v1/stacks/" + receipt.at("/ids/0").asString() + "?symbols=false")
                .json();
        assertThat(bare.at("/frames/0").has("outcome")).isFalse();
        assertThat(bare.at("/frames/0").has("symbols")).isFalse();
    }

    @Test
    void theSameStackRawOrTranslatedHasTheSameId() {
        String raw = id("""
                {"processes": [{"maps": "00400000-00401000 r-xp 00001000 fe:00 7 /a\\n00500000-00501000 r-xp 00000000 00:00 0 \\n",
                  "binaries": [{"path": "/a", "buildId": "0a0b"}]}],
                 "stacks": [{"process": 0, "ips": ["0x400010", "0x500010"]}]}""");
        String translated =
                id("{\"stacks\": [{\"frames\": [{\"buildId\": \"0a0b\", \"offset\": 4112}, {\"ip\": \"0x500010\"}]}]}");
        assertThat(translated).isEqualTo(raw);
        // What GET answers can be sent again as it is.
        JsonNode frames = get("/v1/stacks/" + raw).json().get("frames");
        assertThat(id(JSON.writeValueAsString(Map.of("stacks", List.of(Map.of("frames", frames))))))
                .isEqualTo(raw);
    }

    @Test
    void binariesAreMatchedByPathAndInodeElseByWhatIsGiven() {
        String maps = """
                00100000-00101000 r-xp 00000000 00:27 257 /a/lib.so
                00200000-00201000 r-xp 00000000 00:27 257 /b/lib.so
                00300000-00301000 r-xp 00000000 00:27 258 /new\\012line.so
                00400000-00401000 r-xp 00000000 fe:00 9 /only.so
                """;
        String binaries = """
                [{"path": "/b/lib.so", "inode": 257, "buildId": "bb"},
                 {"path": "/a/lib.so", "dev": "00:29", "inode": 257, "buildId": "aa"},
                 {"path": "/new\\nline.so", "dev": "00:29", "buildId": "cc"},
                 {"dev": "fe:00", "inode": "0x9", "buildId": "dd"},
                 {"dev": "00:27", "inode": 257, "buildId": "ee"}]""";

        String id = id("""
                {"processes": [{"maps": "%s", "binaries": %s}],
                 "stacks": [{"process": 0, "ips": ["0x100000", "0x200000", "0x300000", "0x400000"]}]}""".formatted(maps.replace("\\", "\\\\").replace("\n", "\\n"), binaries));

        assertThat(get("/v1/stacks/" + id).json().get("frames").valueStream())
                .extracting(frame -> frame.path("buildId").asString())
                .containsExactly("aa", "bb", "cc", "dd");
    }

    @Test
    void everyFormOfFrameComesBackAsItWasSent() {
        String hash = "000102030405060708090a0b0c0d0e0f";
        Answer taken = post("/v1/batches", """
                {"type": "off_cpu/nanoseconds", "processes": [{"labels": {"service.name": "checkout", "type": "x"}}],
                 "stacks": [{"process": 0, "count": 1000, "frames": [
                   {"htlhash": "%s", "offset": "0x20"},
                   {"buildId": "b71d0004", "offset": "0x10", "kernel": true},
                   {"type": "jvm", "function": "a.B.c", "file": "B.java", "line": 7},
                   {"type": "cpython", "function": "main"}]}]}""".formatted(hash));
        assertThat(taken.status()).as(taken.response().body()).isEqualTo(200);
        assertThat(taken.json().get("frames"))
                .isEqualTo(JSON.readTree("{\"inFile\": 1, \"inKernel\": 1, \"named\": 2, \"raw\": {}}"));

        String path = "/v1/stacks/" + taken.json().at("/ids/0").asString();
        assertThat(get(path + "?symbols=false").json().get("frames")).isEqualTo(JSON.readTree("""
                [{"status": "VALID", "htlhash": "%s", "offset": "0x20"},
                 {"status": "VALID", "buildId": "b71d0004", "offset": "0x10", "kernel": true},
                 {"status": "NAMED", "type": "jvm", "function": "a.B.c", "file": "B.java", "line": 7},
                 {"status": "NAMED", "type": "cpython", "function": "main"}]""".formatted(hash)));
        assertThat(get(path).json().at("/frames/0/outcome").asString()).isEqualTo("NO_BINARY");
        assertThat(get(path).json().at("/frames/1/outcome").asString()).isEqualTo("NO_BINARY");
        assertThat(framesIn("b71d0004")).isEqualTo(1_000);
        assertThat(framesIn("htlhash:" + hash)).isEqualTo(1_000);
    }

    @Test
    void aCursorIsOneThatAnEarlierPageGave() {
        for (String path : List.of("/v1/stacks?after=x", "/v1/binaries?after=0-zz")) {
            Answer refused = get(path);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.json().get("field").asString()).isEqualTo("after");
        }
    }

    @Test
    void stacksById() {
        String frames = "\"frames\": [{\"buildId\": \"b71d0001\", \"offset\": \"0x10\"}]";
        Answer first = post("/v1/batches", "{\"stacks\": [{%s}]}".formatted(frames));
        String id = first.json().at("/ids/0").asString();
        String unknown = "0".repeat(31) + "1";

        Answer refused = post(
                "/v1/batches",
                "{\"batchId\": \"by-id/1\", \"stacks\": [{\"id\": \"%s\", \"count\": 3}, {\"id\": \"%s\"}]}"
                        .formatted(id, unknown));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().get("type").asString()).isEqualTo("urn:stackmapd:problem:unknown-stacks");
        assertThat(refused.json().get("ids")).hasSize(1);
        assertThat(refused.json().at("/ids/0").asString()).isEqualTo(unknown);
        assertThat(framesIn("b71d0001")).isEqualTo(1);

        String batch = "{\"batchId\": \"by-id/1\", \"stacks\": [{%s, \"count\": 3}]}";
        Answer taken = post("/v1/batches", batch.formatted("\"id\": \"" + id + "\""));
        assertThat(taken.status()).as(taken.response().body()).isEqualTo(200);
        assertThat(taken.json().at("/ids/0").asString()).isEqualTo(id);
        Answer again = post("/v1/batches", batch.formatted(frames));
        assertThat(again.json()).as("the same batch with frames").isEqualTo(taken.json());
        assertThat(framesIn("b71d0001")).isEqualTo(4);
    }

    /// Frames of a binary as often as their stacks were seen.
    private long framesIn(String buildId) {
        return get("/v1/binaries/" + buildId).json().path("frames").asLong(0);
    }

    @Test
    void aRetryIsAnsweredAlikeAndCountsNothing() {
        String batch =
                "{\"batchId\": \"api/retry\", \"stacks\": [{\"frames\": [{\"buildId\": \"b71d0002\", \"offset\": 1}], \"count\": 3}]}";
        Answer first = post("/v1/batches", batch);
        Answer second = post("/v1/batches", batch);
        assertThat(second.response().body()).isEqualTo(first.response().body());
        assertThat(framesIn("b71d0002")).isEqualTo(3);
        Answer other = post("/v1/batches", batch.replace("3}", "4}"));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.json().get("field").asString()).isEqualTo("batchId");
        assertThat(framesIn("b71d0002")).isEqualTo(3);
    }

    @Test
    void theRootEndOfADeepStackIsCutAndSaidSo_DEV08() {
        List<String> ips = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            ips.add("0x" + Integer.toHexString(0x1000 + i));
        }
        Answer answer = post(
                "/v1/batches",
                Map.of("processes", List.of(Map.of("maps", "")), "stacks", List.of(Map.of("process", 0, "ips", ips))));
        assertThat(answer.json().at("/warnings/0/stack").asInt(-1)).isZero();
        JsonNode stack =
                get("/v1/stacks/" + answer.json().at("/ids/0").asString()).json();
        assertThat(stack.get("depth").asInt()).isEqualTo(127);
        assertThat(stack.get("truncated").asBoolean()).isTrue();
        assertThat(stack.at("/frames/0/ip").asString()).isEqualTo("0x1000");
    }

    @Test
    void aHeadGivesTheBuildIdAndLongOnesAreMarked() {
        JsonNode stack = stack("{\"buildId\": \"" + "ab".repeat(32) + "\", \"offset\": \"0xffffffffffffffff\"}");
        assertThat(stack.at("/frames/0/kernelVisible").asBoolean(true)).isFalse();
        assertThat(stack.at("/frames/0/offset").asString()).isEqualTo("0xffffffffffffffff");
        assertThat(stack("{\"buildId\": \"" + "00".repeat(20) + "\", \"offset\": 1}")
                        .at("/frames/0/suspicious")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void addressesOfTheKernelHalfAndMarkersAreTold_DEV12() {
        JsonNode stack = stack("{\"ip\": \"0xffffffff81000000\"}, {\"ip\": \"0xfffffffffffffe00\"}, {\"ip\": 5}");
        assertThat(stack.at("/frames/0/reason").asString()).isEqualTo("KERNEL_ADDRESS");
        assertThat(stack.at("/frames/1/reason").asString()).isEqualTo("MARKER");
        assertThat(stack.at("/frames/2/reason").asString()).isEqualTo("NO_MAPPING");
    }

    @Test
    void manyStacksAtOnceInTheOrderAsked() {
        String a = id("{\"stacks\": [{\"frames\": [{\"ip\": 1}]}]}");
        String b = id("{\"stacks\": [{\"frames\": [{\"ip\": 2}]}]}");
        JsonNode stacks = post("/v1/stacks/query", Map.of("ids", List.of(b, "0".repeat(32), a)))
                .json()
                .get("stacks");
        assertThat(stacks.get(0).get("id").asString()).isEqualTo(b);
        assertThat(stacks.get(1).isNull()).isTrue();
        assertThat(stacks.get(2).get("id").asString()).isEqualTo(a);
    }

    @Test
    void kernelStyleMaps() {
        Answer created = put("/v1/stackmaps/m", "{\"maxEntries\": 8}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(put("/v1/stackmaps/m", "{\"maxEntries\": 8, \"depth\": 127, \"buildId\": false}")
                        .status())
                .isEqualTo(200);
        assertThat(put("/v1/stackmaps/m", "{\"maxEntries\": 16}").status()).isEqualTo(409);
        // The worked fixture of an 8-bucket map, SID-20 to SID-24.
        String batch = """
                {"processes": [{"maps": ""}], "stacks": [
                  {"process": 0, "ips": ["0x400010"]}, {"process": 0, "ips": ["0x400020"]},
                  {"process": 0, "ips": ["0x400030"]}, {"process": 0, "ips": ["0x400040"]},
                  {"process": 0, "ips": ["0x400050"]}, {"process": 0, "ips": ["0x400060"]},
                  {"process": 0, "ips": ["0x400070"]}, {"process": 0, "ips": ["0x400080"]}]}""";
        assertThat(post("/v1/stackmaps/m/stacks", batch).json().get("results").toString())
                .isEqualTo("[2,3,4,-17,6,-17,-17,-17]");
        assertThat(get("/v1/stackmaps/m/stacks").json().toString()).isEqualTo("{\"ids\":[2,3,4,6]}");
        assertThat(get("/v1/stackmaps/m/stacks?after=2&limit=2").json().toString())
                .isEqualTo("{\"ids\":[3,4],\"next\":4}");
        assertThat(get("/v1/stackmaps/m/stacks/2").json().at("/frames/0/ip").asString())
                .isEqualTo("0x400010");
        assertThat(get("/v1/stackmaps/m")
                        .json()
                        .at("/counters/collisionsRejected")
                        .asInt())
                .isEqualTo(4);

        Answer absent = get("/v1/stackmaps/m/stacks/5");
        assertThat(absent.status()).isEqualTo(404);
        assertThat(absent.json().get("errno").asString()).isEqualTo("ENOENT");
        assertThat(absent.json().get("rule").asString()).startsWith("MAP-3");
        assertThat(delete("/v1/stackmaps/m/stacks/99").json().get("errno").asString())
                .isEqualTo("E2BIG");
        assertThat(delete("/v1/stackmaps/m/stacks/5").json().get("errno").asString())
                .isEqualTo("ENOENT");
        assertThat(delete("/v1/stackmaps/m/stacks/2").status()).isEqualTo(204);
        Answer taken = delete("/v1/stackmaps/m/stacks/3?take=true");
        assertThat(taken.status()).isEqualTo(200);
        assertThat(taken.json().at("/frames/0/ip").asString()).isEqualTo("0x400020");
        assertThat(delete("/v1/stackmaps/m/stacks/3?take=true").status()).isEqualTo(404);
        assertThat(delete("/v1/stackmaps/m").status()).isEqualTo(204);
        assertThat(delete("/v1/stackmaps/m").status()).isEqualTo(404);
    }

    @Test
    void kernelStyleMapsThatTheKernelWouldNotMake() {
        assertThat(problem("{\"maxEntries\": 0}")).isEqualTo("400 EINVAL MAP-04");
        assertThat(problem("{\"maxEntries\": 8, \"depth\": 0}")).isEqualTo("400 EINVAL MAP-06");
        assertThat(problem("{\"maxEntries\": 8, \"depth\": 128}")).isEqualTo("400 EINVAL MAP-08");
        assertThat(problem("{\"maxEntries\": 2147483649}")).isEqualTo("413 E2BIG MAP-09");
        assertThat(problem("{\"maxEntries\": 1073741824}")).startsWith("507 ENOMEM MAP-1");
        assertThat(put("/v1/stackmaps/x", "{}").json().get("field").asString()).isEqualTo("maxEntries");
        assertThat(put("/v1/stackmaps/x", "{\"maxEntries\": \"many\"}")
                        .json()
                        .get("field")
                        .asString())
                .isEqualTo("maxEntries");
        assertThat(put("/v1/stackmaps/a%20b", "{\"maxEntries\": 8}").status()).isEqualTo(400);
        assertThat(post("/v1/stackmaps/none/stacks", "{\"stacks\": []}").status())
                .isEqualTo(404);
        assertThat(get("/v1/stackmaps/none").status()).isEqualTo(404);
    }

    private String problem(String attributes) {
        Answer answer = put("/v1/stackmaps/refused", attributes);
        return answer.status() + " " + answer.json().get("errno").asString() + " "
                + answer.json().get("rule").asString();
    }

    @Test
    void sixtyFourClientsLoseNothing() throws Exception {
        int clients = 64;
        Set<String> answered = new TreeSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<List<String>>> work = new ArrayList<>();
            for (int c = 0; c < clients; c++) {
                int from = c * 10;
                work.add(() -> {
                    List<String> ids = new ArrayList<>();
                    for (int i = 0; i < 4; i++) {
                        Answer answer = post("/v1/batches", overlapping(from + i, 40));
                        assertThat(answer.status()).isEqualTo(200);
                        answer.json().get("ids").forEach(id -> ids.add(id.asString()));
                        JsonNode read = get("/v1/stacks/" + ids.getLast()).json();
                        assertThat(read.get("id").asString()).isEqualTo(ids.getLast());
                    }
                    return ids;
                });
            }
            for (Future<List<String>> done : threads.invokeAll(work)) {
                answered.addAll(done.get());
            }
        }
        Set<String> listed = new TreeSet<>();
        String after = "";
        while (true) {
            JsonNode page = get("/v1/stacks?limit=500" + after).json();
            page.get("ids").forEach(id -> listed.add(id.asString()));
            if (!page.has("next")) {
                break;
            }
            after = "&after=" + page.get("next").asString();
        }
        assertThat(listed).containsAll(answered);
        for (String id : listed) {
            JsonNode stack = get("/v1/stacks/" + id + "?symbols=false").json();
            if (stack.at("/frames/0/buildId").asString("").equals("c0ffee")) {
                assertThat(answered).contains(id);
            }
        }
        assertThat(framesIn("c0ffee")).isEqualTo(clients * 4L * 40);
    }

    private static Map<String, Object> overlapping(int from, int count) {
        List<Map<String, Object>> stacks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            stacks.add(Map.of("frames", List.of(Map.of("buildId", "c0ffee", "offset", from + i))));
        }
        return Map.of("stacks", stacks);
    }

    @Test
    void operations() {
        assertThat(get("/actuator/health/liveness").status()).isEqualTo(200);
        assertThat(get("/actuator/health/readiness").status()).isEqualTo(200);
        assertThat(get("/actuator/info").status()).isEqualTo(200);
        id("{\"stacks\": [{\"frames\": [{\"ip\": 3}]}]}");
        String metrics = get("/actuator/prometheus").response().body();
        assertThat(metrics)
                .contains("stackmapd_batches_total", "stackmapd_stacks_new_total", "stackmapd_store_bytes")
                .contains("stackmapd_frames_total{reason=\"STALE_FILE\",status=\"IP\"}");
        assertThat(get("/actuator/env").status()).isEqualTo(404);
        assertThat(get("/actuator/heapdump").status()).isEqualTo(404);
    }

    @Test
    void answersAreCompressedWhenAskedFor() {
        String id = id("{\"stacks\": [{\"frames\": [" + "{\"ip\": 3},".repeat(100) + "{\"ip\": 4}]}]}");
        Answer plain = get("/v1/stacks/" + id);
        assertThat(plain.response().headers().firstValue("Content-Encoding")).isEmpty();
        Answer zipped = send(
                request("/v1/stacks/" + id).header("Accept-Encoding", "gzip").GET());
        assertThat(zipped.response().headers().firstValue("Content-Encoding")).hasValue("gzip");
    }

    @Test
    void anAnswerThatNobodyCanGive() {
        assertThat(send(request("/v1/stacks").header("Accept", "text/html").GET())
                        .status())
                .isEqualTo(406);
        assertThat(send(request("/v1/batches")
                                .header("Content-Type", "application/json")
                                .method("PATCH", BodyPublishers.ofString("{}")))
                        .status())
                .isEqualTo(405);
    }

    @Test
    void nothingIsDoneWhereNobodyWouldReadTheAnswer() {
        String frame = "{\"buildId\": \"b71d0003\", \"offset\": 1}";
        String batch = "{\"stacks\": [{\"frames\": [" + frame + "]}]}";
        assertThat(send(request("/v1/batches")
                                .header("Content-Type", "application/json")
                                .header("Accept", "text/html")
                                .POST(BodyPublishers.ofString(batch)))
                        .status())
                .isEqualTo(406);
        assertThat(framesIn("b71d0003")).isZero();
    }

    @Test
    void namesWithoutSayingWhetherTheFramesAreCalls() {
        Answer answer = post("/v1/symbolize", "{\"frames\": [{\"buildId\": \"0a\", \"offset\": \"0x10\"}]}");
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        assertThat(answer.json().at("/frames/0/outcome").asString()).isEqualTo("NO_BINARY");
    }

    private JsonNode stack(String frames) {
        return get("/v1/stacks/" + id("{\"stacks\": [{\"frames\": [" + frames + "]}]}"))
                .json();
    }

    private String id(String batch) {
        Answer answer = post("/v1/batches", batch);
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json().at("/ids/0").asString();
    }
}
