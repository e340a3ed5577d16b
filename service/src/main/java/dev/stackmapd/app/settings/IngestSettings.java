package dev.stackmapd.app.settings;

import dev.stackmapd.app.http.BodyLimits;
import dev.stackmapd.ingest.IngestLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// `stackmapd.ingest.*`: bounds of what senders send.
///
/// @param maxEncodedBody bytes of a request body as it is sent
/// @param maxBody bytes of a request body after decompression; unset, an eighth of the heap, 64 MB at most
/// @param maxBodyTime from the first to the last byte of a request body
/// @param maxConcurrent batches in memory at once; unset, one for each 512 MB of heap, 1 to 8. More wait, and
///     are told to come back after ten seconds
/// @param maxStacks stacks of one batch
/// @param maxFrames frames of one stack; a stack with more is refused
/// @param maxBatchFrames frames of all stacks of one batch; unset, what a batch's share of the heap holds, 65,536 to
///     4,194,304
/// @param keptFrames frames of one stack that are kept, from the leaf
/// @param maxProcesses processes of one batch
/// @param maxMapsBytes bytes of the maps text of one process
/// @param maxMapsLines lines of the maps text of one process
/// @param maxBinaries entries of `binaries` of one process
/// @param maxHeadBytes bytes of one `head`, decoded
/// @param replayWindow how long a batchId is remembered
/// @param replayBytes memory for remembered batches; the oldest are forgotten first; unset, a share of
///     the heap
@ConfigurationProperties("stackmapd.ingest")
public record IngestSettings(
        @DefaultValue("16MB") DataSize maxEncodedBody,
        @Nullable DataSize maxBody,
        @DefaultValue("60s") Duration maxBodyTime,
        @Nullable Integer maxConcurrent,
        @DefaultValue("50000") int maxStacks,
        @DefaultValue("1024") int maxFrames,
        @Nullable Integer maxBatchFrames,
        @DefaultValue("127") int keptFrames,
        @DefaultValue("1024") int maxProcesses,
        @DefaultValue("8MB") DataSize maxMapsBytes,
        @DefaultValue("65536") int maxMapsLines,
        @DefaultValue("65536") int maxBinaries,
        @DefaultValue("1MB") DataSize maxHeadBytes,
        @DefaultValue("2h") Duration replayWindow,
        @Nullable DataSize replayBytes) {
    public IngestSettings {
        if (maxConcurrent != null) {
            Checks.atLeast(1, maxConcurrent, "ingest.max-concurrent");
        }
        Checks.atLeast(Duration.ofMillis(1), maxBodyTime, "ingest.max-body-time");
        Checks.atLeast(1, maxEncodedBody.toBytes(), "ingest.max-encoded-body");
        Checks.atLeast(Duration.ZERO, replayWindow, "ingest.replay-window");
        if (replayBytes != null) {
            Checks.atLeast(0, replayBytes.toBytes(), "ingest.replay-bytes");
        }
        Checks.fitsAnArray(maxMapsBytes, "ingest.max-maps-bytes");
        Checks.fitsAnArray(maxHeadBytes, "ingest.max-head-bytes");
        if (maxBody != null && maxBody.toBytes() < maxEncodedBody.toBytes()) {
            throw new IllegalArgumentException(
                    "stackmapd.ingest.max-body must not be below stackmapd.ingest.max-encoded-body");
        }
        var _ = new IngestLimits(
                maxStacks,
                maxFrames,
                maxBatchFrames == null ? IngestLimits.DEFAULT.maxBatchFrames() : maxBatchFrames,
                keptFrames,
                maxProcesses,
                (int) maxMapsBytes.toBytes(),
                maxMapsLines,
                maxBinaries,
                (int) maxHeadBytes.toBytes());
    }

    public BodyLimits bodies(MemoryPlan.Requests plan) {
        return new BodyLimits(maxEncodedBody.toBytes(), plan.maxBody(), maxBodyTime);
    }

    /// @param maxBatchFrames as the plan has them
    public IngestLimits limits(int maxBatchFrames) {
        return new IngestLimits(
                maxStacks,
                maxFrames,
                maxBatchFrames,
                keptFrames,
                maxProcesses,
                (int) maxMapsBytes.toBytes(),
                maxMapsLines,
                maxBinaries,
                (int) maxHeadBytes.toBytes());
    }
}
