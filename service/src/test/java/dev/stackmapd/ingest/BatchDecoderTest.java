package dev.stackmapd.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.series.SampleType;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBase;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Frames that were translated before, types, and labels.
class BatchDecoderTest {
    private static final String HASH = "000102030405060708090a0b0c0d0e0f";

    @Test
    void readsEveryFormOfFrame() {
        Batch batch = decode("""
                {"stacks": [{"frames": [
                  {"buildId": "0a0B", "offset": "0x10"},
                  {"htlhash": "%s", "offset": 32},
                  {"kernel": true, "offset": "0xffffffffffffffff", "buildId": "0a0b"},
                  {"kernel": false, "offset": 1, "buildId": "0a0b"},
                  {"type": "jvm", "function": "a.B.c", "file": "B.java", "line": 7, "unknown": [{}]},
                  {"function": "main", "type": "cpython"},
                  {"ip": "0x401000"},
                  {"ip": 5, "reason": "STALE_FILE"}
                ]}]}""".formatted(HASH));

        assertThat(batch.end(0)).isEqualTo(8);
        BuildId gnu = BuildId.parse("0a0b").orElseThrow();
        assertFrame(batch, 0, new FrameBase.File(gnu), 0x10);
        assertFrame(batch, 1, new FrameBase.File(BuildId.parseHtlhash(HASH).orElseThrow()), 32);
        assertFrame(batch, 2, new FrameBase.Kernel(gnu), -1);
        assertFrame(batch, 3, new FrameBase.File(gnu), 1);
        assertFrame(batch, 4, new FrameBase.Function("jvm", "a.B.c", "B.java"), 7);
        assertFrame(batch, 5, new FrameBase.Function("cpython", "main", ""), 0);
        assertThat(batch.hasBase(6)).isFalse();
        assertThat(batch.reason(6)).isEqualTo(Frame.Reason.NO_MAPPING);
        assertThat(batch.reason(7)).isEqualTo(Frame.Reason.STALE_FILE);
        assertThat(batch.bases()).as("each base once").isEqualTo(5);
    }

    private static void assertFrame(Batch batch, int frame, FrameBase base, long number) {
        assertThat(batch.hasBase(frame)).isTrue();
        assertThat(batch.base(frame)).isEqualTo(base);
        assertThat(batch.values()[frame]).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"buildId\": \"0a0b\"}",
                "{\"offset\": 1}",
                "{\"htlhash\": \"000102030405060708090a0b0c0d0e0f\"}",
                "{\"htlhash\": \"000102030405060708090a0b0c0d0e0f\", \"buildId\": \"00\", \"offset\": 1}",
                "{\"htlhash\": \"000102030405060708090a0b0c0d0e0f\", \"kernel\": true, \"offset\": 1}",
                "{\"buildId\": \"0a0b\", \"offset\": 1, \"ip\": 1}",
                "{\"buildId\": \"0a0b\", \"offset\": 1, \"type\": \"jvm\", \"function\": \"f\"}",
                "{\"type\": \"jvm\"}",
                "{\"function\": \"f\"}",
                "{\"function\": \"f\", \"type\": \"jvm\", \"ip\": 1}",
                "{\"function\": \"f\", \"ip\": 1}"
            })
    void refusesFramesThatAreNoneOrTwo(String frame) {
        assertThatThrownBy(() -> decode("{\"stacks\": [{\"frames\": [{\"ip\": 1}, " + frame + "]}]}"))
                .isInstanceOfSatisfying(RejectionException.class, e -> {
                    assertThat(e.field()).isEqualTo("stacks[0].frames[1]");
                    assertThat(e.line()).isEqualTo(1);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"htlhash\": \"0a0b\", \"offset\": 1}|htlhash",
                "{\"buildId\": \"htlhash:000102030405060708090a0b0c0d0e0f\", \"offset\": 1}|buildId",
                "{\"kernel\": 1}|kernel",
                "{\"type\": \"JVM\", \"function\": \"f\"}|type",
                "{\"type\": \"\", \"function\": \"f\"}|type",
                "{\"type\": \"jvm\", \"function\": \"\"}|function",
                "{\"type\": \"jvm\", \"function\": 1}|function",
                "{\"type\": \"jvm\", \"function\": \"f\", \"line\": -1}|line",
                "{\"type\": \"jvm\", \"function\": \"f\", \"line\": 2147483648}|line",
                "{\"type\": \"jvm\", \"function\": \"f\", \"file\": null}|file"
            })
    void refusesValuesThatDoNotFit(String frame, String field) {
        assertThatThrownBy(() -> decode("{\"stacks\": [{\"frames\": [" + frame + "]}]}"))
                .isInstanceOfSatisfying(
                        RejectionException.class, e -> assertThat(e.field()).isEqualTo("stacks[0].frames[0]." + field));
    }

    @Test
    void boundsNamesAndTheirNumber() {
        decode(named("f".repeat(1 << 14)));
        assertThatThrownBy(() -> decode(named("f".repeat((1 << 14) + 1)))).isInstanceOf(RejectionException.class);
        StringBuilder frames = new StringBuilder();
        for (int i = 0; i < 1_025; i++) {
            frames.append(frames.isEmpty() ? "" : ",")
                    .append("{\"type\": \"jit\", \"function\": \"f%d\"}".formatted(i));
        }
        IngestLimits few = new IngestLimits(50, 1_024, 4_000, 127, 8, 1 << 16, 100, 16, 1 << 12);
        String body = "{\"stacks\": [{\"frames\": [%s]}, {\"frames\": [{\"type\": \"jit\", \"function\": \"last\"}]}]}";
        String most = frames.substring(0, frames.lastIndexOf(",{"));
        assertThatThrownBy(() -> decode(few, body.formatted(most)))
                .isInstanceOfSatisfying(RejectionException.class, e -> {
                    assertThat(e.category()).isEqualTo(RejectionException.Category.TOO_LARGE);
                    assertThat(e.detail()).contains("1024 distinct build-ids and functions");
                });
        assertThat(decode(few, body.formatted(most).replace("last", "f7")).bases())
                .isEqualTo(1_024);
    }

    private static String named(String function) {
        return "{\"stacks\": [{\"frames\": [{\"type\": \"jit\", \"function\": \"%s\"}]}]}".formatted(function);
    }

    @Test
    void aStackHasItsOwnTypeOrThatOfTheBatch() {
        Batch batch = decode("""
                {"stacks": [
                  {"frames": [{"ip": 1}]},
                  {"frames": [{"ip": 1}], "type": "inuse_space/bytes"},
                  {"frames": [{"ip": 1}], "type": "queue/count", "kind": "gauge"},
                  {"frames": [{"ip": 1}], "kind": "sum", "type": "inuse_space/bytes"}
                 ], "type": "off_cpu/nanoseconds"}""");

        assertThat(batch.counted(0))
                .isEqualTo(new Batch.CountedType(new SampleType("off_cpu", "nanoseconds"), SampleType.Aggregation.SUM));
        assertThat(batch.counted(1))
                .isEqualTo(new Batch.CountedType(new SampleType("inuse_space", "bytes"), SampleType.Aggregation.GAUGE));
        assertThat(batch.counted(2))
                .isEqualTo(new Batch.CountedType(new SampleType("queue", "count"), SampleType.Aggregation.GAUGE));
        assertThat(batch.counted(3))
                .isEqualTo(new Batch.CountedType(new SampleType("inuse_space", "bytes"), SampleType.Aggregation.SUM));
        assertThat(decode("{\"stacks\": [{\"frames\": [{\"ip\": 1}]}]}").counted(0))
                .isEqualTo(Batch.CountedType.SAMPLES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\": \"samples\", \"stacks\": []}|type",
                "{\"kind\": \"rate\", \"stacks\": []}|kind",
                "{\"stacks\": [{\"frames\": [{\"ip\": 1}], \"type\": \"a/b/c\"}]}|stacks[0].type",
                "{\"processes\": [{\"labels\": {\"a.b\": \"1\", \"a_b\": \"2\"}}], \"stacks\": []}|processes[0].labels.a_b"
            })
    void refusesTypesAndLabelsThatDoNotFit(String body, String field) {
        assertThatThrownBy(() -> decode(body))
                .isInstanceOfSatisfying(
                        RejectionException.class, e -> assertThat(e.field()).isEqualTo(field));
    }

    private static Batch decode(String body) {
        return decode(IngestLimits.DEFAULT, body);
    }

    private static Batch decode(IngestLimits limits, String body) {
        return new BatchDecoder(limits).decode(new ByteArrayInputStream(body.getBytes(UTF_8)), Instant.EPOCH);
    }
}
