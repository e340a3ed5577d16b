package dev.stackmapd.ingest;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.stack.Frame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A batch as it was sent: decoded and checked by itself, nothing looked up.
///
/// Frames of all stacks lie in one array, because a batch has millions of them: stack `i` has those in
/// `[from(i), from(i + 1))`, leaf first. Filled by [BatchDecoder] alone and not changed afterwards; not thread-safe
/// before that.
public final class Batch {
    /// In [#process]: the stack names no process.
    static final int NO_PROCESS = -1;

    private static final int INITIAL_STACKS = 64;

    private @Nullable String batchId;
    private List<ProcessSnapshot> processes = List.of();
    private int stacks;
    private int[] process = new int[INITIAL_STACKS];
    private int[] ends = new int[INITIAL_STACKS];
    private long[] counts = new long[INITIAL_STACKS];
    private long[] times = new long[INITIAL_STACKS];
    private boolean[] translated = new boolean[INITIAL_STACKS];

    private long[] values = new long[INITIAL_STACKS * 32];
    private int frames;
    /// For the frames of translated stacks only: an index into `buildIds`, or −1 − the code of a reason.
    private int[] kinds = {};
    private final List<BuildId> buildIds = new ArrayList<>();

    /// What makes a retry recognisable, or null.
    @Nullable
    String batchId() {
        return batchId;
    }

    List<ProcessSnapshot> processes() {
        return processes;
    }

    /// Stacks in the batch.
    public int stacks() {
        return stacks;
    }

    /// Index into [#processes], or [#NO_PROCESS].
    int process(int stack) {
        return process[stack];
    }

    /// Sightings, 1 to 2^48.
    long count(int stack) {
        return counts[stack];
    }

    /// Milliseconds since the epoch.
    long time(int stack) {
        return times[stack];
    }

    /// Whether the stack came as `frames`, not as `ips`.
    public boolean translated(int stack) {
        return translated[stack];
    }

    public int from(int stack) {
        return stack == 0 ? 0 : ends[stack - 1];
    }

    public int end(int stack) {
        return ends[stack];
    }

    /// Raw addresses of `ips` stacks; offsets or addresses of `frames` stacks.
    public long[] values() {
        return values;
    }

    boolean inFile(int frame) {
        return kinds[frame] >= 0;
    }

    /// Of a frame that is [#inFile].
    BuildId buildId(int frame) {
        return buildIds.get(kinds[frame]);
    }

    /// Of a frame that is not [#inFile].
    Frame.Reason reason(int frame) {
        return Frame.Reason.ofCode(-1 - kinds[frame]);
    }

    void name(String id) {
        batchId = id;
    }

    void come(List<ProcessSnapshot> from) {
        processes = List.copyOf(from);
    }

    int addBuildId(BuildId buildId) {
        buildIds.add(buildId);
        return buildIds.size() - 1;
    }

    void addAddress(long ip) {
        if (frames == values.length) {
            values = Arrays.copyOf(values, frames * 2);
        }
        values[frames++] = ip;
    }

    void addInFile(int buildIdIndex, long offset) {
        addKind(buildIdIndex);
        addAddress(offset);
    }

    void addRaw(long address, Frame.Reason reason) {
        addKind(-1 - reason.code());
        addAddress(address);
    }

    /// Frames added since the last stack ended.
    int openFrames() {
        return frames - from(stacks);
    }

    /// Ends the stack whose frames were added last.
    void endStack(int ofProcess, long count, Instant time, Form form) {
        if (stacks == ends.length) {
            grow(stacks * 2);
        }
        process[stacks] = ofProcess;
        counts[stacks] = count;
        times[stacks] = time.toEpochMilli();
        translated[stacks] = form == Form.FRAMES;
        ends[stacks] = frames;
        stacks++;
    }

    /// How a stack was written.
    enum Form {
        IPS,
        FRAMES
    }

    private void addKind(int kind) {
        if (frames >= kinds.length) {
            kinds = Arrays.copyOf(kinds, Math.max(values.length, frames + 1));
        }
        kinds[frames] = kind;
    }

    private void grow(int capacity) {
        process = Arrays.copyOf(process, capacity);
        ends = Arrays.copyOf(ends, capacity);
        counts = Arrays.copyOf(counts, capacity);
        times = Arrays.copyOf(times, capacity);
        translated = Arrays.copyOf(translated, capacity);
    }
}
