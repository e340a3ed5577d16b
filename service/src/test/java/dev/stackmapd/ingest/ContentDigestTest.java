package dev.stackmapd.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What makes two batches the same, and what does not.
class ContentDigestTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
    private static final String HEAD = "\"head\": \"f0VMRg==\"";
    private static final String BATCH = """
            {"batchId": "a",
             "processes": [{"pid": 7, "maps": "00400000-00401000 r-xp 00001000 fe:00 7 /a\\nno line\\n",
                            "binaries": [{"path": "/a", "dev": "fe:00", "inode": 7, "buildId": "5eed"},
                                         {"path": "/b", "inode": 8, "buildId": "5eed"},
                                         {"path": "/c", "head": "f0VMRg=="},
                                         {"dev": "fe:00", "inode": 9, "buildId": "5eed"}],
                            "labels": {"a": "1", "b": "2"}}],
             "stacks": [{"process": 0, "ips": ["0x400010", 5], "count": 3, "time": "2026-11-27T11:00:00Z"},
                        {"frames": [{"buildId": "0a0b", "offset": "0x1234"}]}]}""";

    private final ContentDigest digest = new ContentDigest(new byte[32], 2);

    /// Computed with Python's `hmac` over the bytes that the Javadoc draws.
    @Test
    void isAnHmacOfWhatIsDrawn() {
        assertThat(HexFormat.of().formatHex(digest(BATCH)))
                .isEqualTo("00a8c7b08a467514be95ffd0457bafa0f7fd62927c2e3eb4210e7a4dccdb2b1f");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"stacks\": [], \"processes\": []}",
                "{ \"x\": 1, \"processes\" : [ ] , \"stacks\" : [ ], \"batchId\": \"b\"}",
                "{\"stacks\": []}"
            })
    void isNotOfTheText(String body) {
        assertThat(digest(body)).isEqualTo(digest("{\"stacks\": [], \"batchId\": \"other\"}"));
    }

    @Test
    void isNotOfTheArrival() {
        assertThat(digest.of(decode(BATCH, NOON.plusSeconds(60)))).isEqualTo(digest(BATCH));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"type\": \"samples/bytes\", \"processes\"",
                "\"kind\": \"gauge\", \"processes\"",
                "\"type\": \"inuse_space/bytes\", \"processes\""
            })
    void isOfWhatIsCounted(String fields) {
        assertThat(digest(BATCH.replace("\"processes\"", fields))).isNotEqualTo(digest(BATCH));
    }

    @Test
    void aTypeIsTheSameWhereverItIsSaid() {
        String batch = "{%s\"stacks\": [{%s\"frames\": [{\"ip\": 1}]}]}";
        String type = "\"type\": \"inuse_space/bytes\", ";
        assertThat(digest(batch.formatted(type, ""))).isEqualTo(digest(batch.formatted("", type)));
        assertThat(digest(batch.formatted("", "\"type\": \"samples/count\", ")))
                .isEqualTo(digest(batch.formatted("", "")));
    }

    @Test
    void labelsHaveNoOrder() {
        assertThat(digest(BATCH.replace("\"a\": \"1\", \"b\": \"2\"", "\"b\": \"2\", \"a\": \"1\"")))
                .isEqualTo(digest(BATCH));
    }

    /// The id is the one that [dev.stackmapd.stack.StackId] has as an example.
    @Test
    void anIdStandsForItsFrames() {
        String byId = BATCH.replace(
                "\"frames\": [{\"buildId\": \"0a0b\", \"offset\": \"0x1234\"}]",
                "\"id\": \"e2ed231e6d000f104f82a042ea1cc6f5\"");
        assertThat(byId).isNotEqualTo(BATCH);
        assertThat(digest(byId)).isEqualTo(digest(BATCH));
    }

    @Test
    void framesThatAreNotKeptDoNotCount() {
        String frames = "{\"stacks\": [{\"frames\": [{\"ip\": 1}, {\"ip\": 2}, {\"ip\": %d}]}]}";
        assertThat(digest(frames.formatted(3))).isEqualTo(digest(frames.formatted(4)));
        assertThat(digest(frames.formatted(3)))
                .as("that some were cut off does")
                .isNotEqualTo(digest("{\"stacks\": [{\"frames\": [{\"ip\": 1}, {\"ip\": 2}]}]}"));
    }

    @Test
    void dependsOnTheKey() {
        byte[] key = new byte[32];
        key[31] = 1;
        assertThat(new ContentDigest(key, 2).of(decode(BATCH, NOON))).isNotEqualTo(digest(BATCH));
    }

    static Stream<List<String>> changes() {
        return Stream.of(
                List.of("\"pid\": 7", "\"pid\": 8"),
                List.of("00400000-", "00400001-"),
                List.of("no line", "no lime"),
                List.of("\"path\": \"/a\"", "\"path\": \"/A\""),
                List.of("\"dev\": \"fe:00\", \"inode\": 7", "\"dev\": \"fe:01\", \"inode\": 7"),
                List.of("\"dev\": \"fe:00\", \"inode\": 7", "\"dev\": \"ff:00\", \"inode\": 7"),
                List.of("\"inode\": 7", "\"inode\": 70"),
                List.of("\"inode\": 8", "\"inode\": 80"),
                List.of("\"path\": \"/b\"", "\"path\": \"/B\""),
                List.of("\"path\": \"/c\"", "\"path\": \"/C\""),
                List.of("\"inode\": 9", "\"inode\": 90"),
                List.of("\"dev\": \"fe:00\", \"inode\": 9", "\"dev\": \"fe:01\", \"inode\": 9"),
                List.of("\"inode\": 8, \"buildId\": \"5eed\"", "\"inode\": 8, \"buildId\": \"5eee\""),
                List.of(HEAD, "\"head\": \"f0VMRQ==\""),
                List.of(HEAD, "\"buildId\": \"7f454c46\""),
                List.of("\"a\": \"1\"", "\"a\": \"3\""),
                List.of("\"a\": \"1\"", "\"c\": \"1\""),
                List.of("\"process\": 0, \"ips\"", "\"process\": 1, \"ips\""),
                List.of("[\"0x400010\", 5]", "[\"0x400010\", 6]"),
                List.of("[\"0x400010\", 5]", "[\"0x400010\"]"),
                List.of("\"count\": 3", "\"count\": 4"),
                List.of("11:00:00Z", "11:00:01Z"),
                List.of(", \"time\": \"2026-11-27T11:00:00Z\"", ""),
                List.of("\"0x1234\"", "\"0x1235\""),
                List.of("0a0b", "0a0c"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void dependsOnEverythingElse(List<String> change) {
        String base = change.getFirst().contains("process") ? BATCH.replace("}}]", "}}, {}]") : BATCH;
        String changed = base.replace(change.get(0), change.get(1));
        assertThat(changed).isNotEqualTo(base);
        assertThat(digest(changed)).isNotEqualTo(digest(base));
    }

    private byte[] digest(String body) {
        return digest.of(decode(body, NOON));
    }

    private static Batch decode(String body, Instant arrival) {
        return new BatchDecoder(IngestLimits.DEFAULT).decode(new ByteArrayInputStream(body.getBytes(UTF_8)), arrival);
    }
}
