package dev.stackmapd.ingest;

/// Limits for one batch, which are enforced while it is read.
///
/// @param maxStacks stacks in a batch
/// @param maxFrames frames of a stack that may be sent; stacks with more are rejected. Profilers that
///     unwind without frame pointers can go deeper than the kernel's default
/// @param maxBatchFrames frames of all stacks of a batch; each takes eight bytes of memory, and up to
///     twice that while the batch is read
/// @param keptFrames frames of a stack that are stored, from the leaf; further frames are dropped with a
///     warning (DEV-08). The kernel's `perf_event_max_stack` is 127
/// @param maxProcesses processes in a batch
/// @param maxMapsBytes bytes of one maps text; 65,530 mappings of ordinary length are about 6 MB
/// @param maxMapsLines lines of one maps text, near the kernel's default `vm.max_map_count` of 65,530
/// @param maxBinaries `binaries` entries of one process
/// @param maxHeadBytes bytes of one `head`, decoded; the notes of ordinary files end within the first 4 KiB
public record IngestLimits(
        int maxStacks,
        int maxFrames,
        int maxBatchFrames,
        int keptFrames,
        int maxProcesses,
        int maxMapsBytes,
        int maxMapsLines,
        int maxBinaries,
        int maxHeadBytes) {
    private static final int LEAST_BASES = 1 << 10;
    private static final int FRAMES_FOR_BASE = 16;

    public static final IngestLimits DEFAULT =
            new IngestLimits(50_000, 1_024, 1 << 22, 127, 1_024, 8 << 20, 65_536, 65_536, 1 << 20);

    public IngestLimits {
        atLeastOne(maxStacks, "maxStacks");
        atLeastOne(maxBatchFrames, "maxBatchFrames");
        atLeastOne(keptFrames, "keptFrames");
        atLeastOne(maxProcesses, "maxProcesses");
        atLeastOne(maxMapsBytes, "maxMapsBytes");
        atLeastOne(maxMapsLines, "maxMapsLines");
        atLeastOne(maxBinaries, "maxBinaries");
        atLeastOne(maxHeadBytes, "maxHeadBytes");
        if (maxFrames < keptFrames || maxFrames > 1_024) {
            throw new IllegalArgumentException(
                    "maxFrames must be %d (keptFrames) to 1024, was %d".formatted(keptFrames, maxFrames));
        }
    }

    /// Returns the maximum number of distinct files, kernels and functions in the translated frames of a
    /// batch. The objects of one take about 160 bytes, so all of them take a third of the bytes of
    /// frames. The text of a translated frame is so long that a body of maximum size contains only half
    /// of these.
    int maxBases() {
        return Math.max(LEAST_BASES, maxBatchFrames / FRAMES_FOR_BASE);
    }

    private static void atLeastOne(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, was " + value);
        }
    }
}
