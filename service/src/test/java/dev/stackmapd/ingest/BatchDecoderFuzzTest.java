package dev.stackmapd.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.stackmapd.request.RejectionException;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Any bytes at all: a batch is decoded, or refused by one of the two exceptions that say where. What was decoded
/// holds what a plain reading of the same JSON as a tree holds.
///
/// In an ordinary test run the inputs in the resources folder are tried once each. To search for new ones:
/// `JAZZER_FUZZ=1 mvn -pl service -am test -Dtest=BatchDecoderFuzzTest -Dsurefire.failIfNoSpecifiedTests=false`
class BatchDecoderFuzzTest {
    private static final IngestLimits LIMITS = new IngestLimits(50, 64, 200, 32, 8, 1 << 16, 100, 16, 1 << 12);
    private static final JsonMapper JSON = new JsonMapper();

    private final BatchDecoder decoder = new BatchDecoder(LIMITS);

    @FuzzTest(maxDuration = "10s")
    void decodesOrSaysWhere(byte[] body) {
        Batch batch;
        try {
            batch = decoder.decode(new ByteArrayInputStream(body), Instant.EPOCH);
        } catch (RejectionException e) {
            assertThat(e.detail()).isNotBlank();
            return;
        } catch (JacksonException e) {
            assertThat(e.getLocation()).isNotNull();
            return;
        }
        if (!hasPadding(body)) {
            agrees(batch, JSON.readTree(body).get("stacks"));
        }
    }

    /// Jackson's table of names fills short ones up with bytes 0xff, so that it takes `\xffpid`, which is no
    /// UTF-8, for a `pid` seen before. The value is the same either way; only this oracle, which has not seen it,
    /// refuses.
    private static boolean hasPadding(byte[] body) {
        for (byte each : body) {
            if (each == (byte) 0xff) {
                return true;
            }
        }
        return false;
    }

    private static void agrees(Batch batch, JsonNode stacks) {
        assertThat(batch.stacks()).isEqualTo(stacks.size()).isLessThanOrEqualTo(LIMITS.maxStacks());
        assertThat(batch.stacks() == 0 ? 0 : batch.end(batch.stacks() - 1))
                .isLessThanOrEqualTo(LIMITS.maxBatchFrames());
        for (int i = 0; i < batch.stacks(); i++) {
            JsonNode stack = stacks.get(i);
            if (batch.form(i) == Batch.Form.ID) {
                assertThat(batch.id(i)).hasToString(stack.get("id").asString());
                continue;
            }
            boolean translated = batch.form(i) == Batch.Form.FRAMES;
            JsonNode frames = stack.get(translated ? "frames" : "ips");
            assertThat(batch.end(i) - batch.from(i)).isEqualTo(frames.size()).isBetween(1, LIMITS.maxFrames());
            assertThat(batch.count(i))
                    .isEqualTo(stack.has("count") ? stack.get("count").asLong() : 1);
            for (int f = 0; f < frames.size(); f++) {
                JsonNode frame = frames.get(f);
                assertThat(batch.values()[batch.from(i) + f]).isEqualTo(translated ? number(frame) : unsigned(frame));
            }
        }
    }

    /// What a translated frame counts: an address, an offset, or a line.
    private static long number(JsonNode frame) {
        for (String field : List.of("ip", "offset", "line")) {
            if (frame.has(field)) {
                return unsigned(frame.get(field));
            }
        }
        return 0;
    }

    private static long unsigned(JsonNode value) {
        return value.isString()
                ? new BigInteger(value.asString().substring(2), 16).longValue()
                : value.bigIntegerValue().longValue();
    }
}
