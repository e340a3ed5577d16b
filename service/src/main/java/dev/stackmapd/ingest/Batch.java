package dev.stackmapd.ingest;

import dev.stackmapd.series.SampleType;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBase;
import dev.stackmapd.stack.StackId;
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

    /// In [#timeSent]: the stack came without a time.
    static final long NO_TIME = Long.MIN_VALUE;

    /// In the types of stacks: the stack came without one.
    static final int NO_TYPE = -1;

    private static final int INITIAL_STACKS = 64;

    private @Nullable String batchId;
    private List<ProcessSnapshot> processes = List.of();
    private final long arrival;
    private int stacks;
    private int[] process = new int[INITIAL_STACKS];
    private int[] ends = new int[INITIAL_STACKS];
    private long[] counts = new long[INITIAL_STACKS];
    private long[] times = new long[INITIAL_STACKS];
    private Form[] forms = new Form[INITIAL_STACKS];
    private int[] typeOf = new int[INITIAL_STACKS];
    private final List<CountedType> types = new ArrayList<>();
    private CountedType type = CountedType.SAMPLES;

    private long[] values = new long[INITIAL_STACKS * 32];
    private int frames;
    /// For the frames of translated stacks only: an index into `bases`, or −1 − the code of a reason.
    private int[] kinds = {};
    private final List<FrameBase> bases = new ArrayList<>();

    /// What the counts of a stack count, and how such counts add up.
    ///
    /// @param aggregation what the sender said, or [SampleType#usualAggregation] where it did not
    record CountedType(SampleType type, SampleType.Aggregation aggregation) {
        static final CountedType SAMPLES = new CountedType(SampleType.SAMPLES, SampleType.Aggregation.SUM);
    }

    /// @param arrival the time of stacks that were sent without one
    Batch(Instant arrival) {
        this.arrival = arrival.toEpochMilli();
    }

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
        return times[stack] == NO_TIME ? arrival : times[stack];
    }

    /// Milliseconds since the epoch, or [#NO_TIME].
    long timeSent(int stack) {
        return times[stack];
    }

    /// The id of a stack of the form [Form#ID].
    StackId id(int stack) {
        return new StackId(values[from(stack)], values[from(stack) + 1]);
    }

    /// Digests the id of a stack of the form [Form#FRAMES].
    ///
    /// @param keptFrames how many frames it is made of at most
    StackId id(int stack, int keptFrames, StackId.Digest digest) {
        int end = Math.min(end(stack), from(stack) + keptFrames);
        for (int at = from(stack); at < end; at++) {
            if (hasBase(at)) {
                digest.based(base(at), values[at]);
            } else {
                digest.raw(values[at]);
            }
        }
        return digest.end(end < end(stack));
    }

    /// What the stack's count counts.
    CountedType counted(int stack) {
        return typeOf[stack] == NO_TYPE ? type : types.get(typeOf[stack]);
    }

    public Form form(int stack) {
        return forms[stack];
    }

    public int from(int stack) {
        return stack == 0 ? 0 : ends[stack - 1];
    }

    public int end(int stack) {
        return ends[stack];
    }

    /// Raw addresses of `ips` stacks; offsets or addresses of `frames` stacks; both halves of an id.
    public long[] values() {
        return values;
    }

    /// Returns true if a translated frame has a base, and false if it is a raw address.
    boolean hasBase(int frame) {
        return kinds[frame] >= 0;
    }

    /// Number of the base of a frame that [#hasBase], below [#bases].
    int baseIndex(int frame) {
        return kinds[frame];
    }

    /// Distinct bases of translated frames.
    int bases() {
        return bases.size();
    }

    /// The base of a frame that [#hasBase].
    FrameBase base(int frame) {
        return bases.get(kinds[frame]);
    }

    /// The reason of a frame that has no base.
    Frame.Reason reason(int frame) {
        return Frame.Reason.ofCode(-1 - kinds[frame]);
    }

    void name(String id) {
        batchId = id;
    }

    void come(List<ProcessSnapshot> from) {
        processes = List.copyOf(from);
    }

    int addBase(FrameBase base) {
        bases.add(base);
        return bases.size() - 1;
    }

    /// Sets what the counts of stacks without a type of their own count.
    void count(CountedType counted) {
        type = counted;
    }

    /// @return the type's number in this batch
    int addType(CountedType counted) {
        int known = types.indexOf(counted);
        if (known >= 0) {
            return known;
        }
        types.add(counted);
        return types.size() - 1;
    }

    /// Distinct types of stacks that have one of their own.
    int types() {
        return types.size();
    }

    void addAddress(long ip) {
        if (frames == values.length) {
            values = Arrays.copyOf(values, frames * 2);
        }
        values[frames++] = ip;
    }

    void addBased(int baseIndex, long number) {
        addKind(baseIndex);
        addAddress(number);
    }

    void addId(StackId id) {
        addAddress(id.high());
        addAddress(id.low());
    }

    void addRaw(long address, Frame.Reason reason) {
        addKind(-1 - reason.code());
        addAddress(address);
    }

    /// Frames of all stacks.
    int frames() {
        return frames;
    }

    /// Frames added since the last stack ended.
    int openFrames() {
        return frames - from(stacks);
    }

    /// Ends the stack whose frames were added last.
    ///
    /// @param time milliseconds since the epoch, or [#NO_TIME]
    /// @param typeIndex from [#addType], or [#NO_TYPE]
    void endStack(int ofProcess, long count, long time, int typeIndex, Form form) {
        if (stacks == ends.length) {
            grow(stacks * 2);
        }
        process[stacks] = ofProcess;
        counts[stacks] = count;
        times[stacks] = time;
        forms[stacks] = form;
        typeOf[stacks] = typeIndex;
        ends[stacks] = frames;
        stacks++;
    }

    /// How a stack was written.
    public enum Form {
        /// As addresses of a process.
        IPS,
        /// As frames that were translated already.
        FRAMES,
        /// By the id of a stack that was acknowledged before.
        ID
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
        forms = Arrays.copyOf(forms, capacity);
        typeOf = Arrays.copyOf(typeOf, capacity);
    }
}
