package dev.stackmapd.ingest;

import dev.stackmapd.process.ParsedMaps;
import dev.stackmapd.resolve.BinaryHint;
import dev.stackmapd.series.Labels;
import dev.stackmapd.series.SampleType;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBase;
import dev.stackmapd.stack.StackId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A decoded batch in the form in which it was sent. It was validated on its own; nothing has been
/// looked up yet.
///
/// The frames of all stacks are in one array, because a batch may have millions of them: stack `i` has
/// the frames in `[from(i), from(i + 1))`, leaf first. Only [BatchDecoder] fills a batch, which is not
/// changed afterwards. Not thread-safe until then.
public final class Batch {
    /// The result of [#process] if the stack names no process.
    static final int NO_PROCESS = -1;

    /// The result of [#timeSent] if the stack was sent without a time.
    static final long NO_TIME = Long.MIN_VALUE;

    /// The type of a stack that was sent without one.
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
    /// For frames of translated stacks only: an index into `bases`, or −1 − the code of a reason.
    private int[] kinds = {};
    private final List<FrameBase> bases = new ArrayList<>();

    /// The sample type of counts, with its aggregation.
    ///
    /// @param aggregation as given by the sender, or [SampleType#usualAggregation]
    record CountedType(SampleType type, SampleType.Aggregation aggregation) {
        static final CountedType SAMPLES = new CountedType(SampleType.SAMPLES, SampleType.Aggregation.SUM);
    }

    /// @param arrival the time of stacks that were sent without a time
    Batch(Instant arrival) {
        this.arrival = arrival.toEpochMilli();
    }

    /// Returns the sender's id of the batch, by which a retry is recognised, or null.
    @Nullable
    String batchId() {
        return batchId;
    }

    List<ProcessSnapshot> processes() {
        return processes;
    }

    /// Returns the number of stacks.
    public int stacks() {
        return stacks;
    }

    /// Returns the index of the stack's process in [#processes], or [#NO_PROCESS].
    int process(int stack) {
        return process[stack];
    }

    /// Returns the number of sightings, 1 to 2^48.
    long count(int stack) {
        return counts[stack];
    }

    /// Returns the time of the stack, or of the batch's arrival, in milliseconds since the epoch.
    long time(int stack) {
        return times[stack] == NO_TIME ? arrival : times[stack];
    }

    /// Returns the time that was sent, in milliseconds since the epoch, or [#NO_TIME].
    long timeSent(int stack) {
        return times[stack];
    }

    /// Returns the id of a stack of the form [Form#ID].
    StackId id(int stack) {
        return new StackId(values[from(stack)], values[from(stack) + 1]);
    }

    /// Computes the id of a stack of the form [Form#FRAMES].
    ///
    /// @param keptFrames maximum number of frames, from the leaf
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

    /// Returns the sample type of the stack's count.
    CountedType counted(int stack) {
        return typeOf[stack] == NO_TYPE ? type : types.get(typeOf[stack]);
    }

    /// Returns the form in which the stack was sent.
    public Form form(int stack) {
        return forms[stack];
    }

    /// Returns the index of the stack's first value in [#values].
    public int from(int stack) {
        return stack == 0 ? 0 : ends[stack - 1];
    }

    /// Returns the index after the stack's last value in [#values].
    public int end(int stack) {
        return ends[stack];
    }

    /// Returns the values of all stacks: addresses of `ips` stacks, numbers or addresses of `frames`
    /// stacks, both halves of ids. The array is not a copy.
    public long[] values() {
        return values;
    }

    /// Returns true if a translated frame has a base, and false if it is a raw address.
    boolean hasBase(int frame) {
        return kinds[frame] >= 0;
    }

    /// Returns the index of the base of a frame that [#hasBase], less than [#bases].
    int baseIndex(int frame) {
        return kinds[frame];
    }

    /// Returns the number of distinct bases of translated frames.
    int bases() {
        return bases.size();
    }

    /// Returns the base of a frame that [#hasBase].
    FrameBase base(int frame) {
        return bases.get(kinds[frame]);
    }

    /// Returns the reason of a frame without a base.
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

    /// Sets the type of stacks without a type of their own.
    void count(CountedType counted) {
        type = counted;
    }

    /// @return the index of the type in this batch
    int addType(CountedType counted) {
        int known = types.indexOf(counted);
        if (known >= 0) {
            return known;
        }
        types.add(counted);
        return types.size() - 1;
    }

    /// Returns the number of distinct types that stacks have of their own.
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

    /// Returns the number of frames of all stacks.
    int frames() {
        return frames;
    }

    /// Returns the number of frames since the last [#endStack].
    int openFrames() {
        return frames - from(stacks);
    }

    /// Completes the stack whose frames were added since the last call.
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

    /// The form in which a stack was sent.
    public enum Form {
        /// Addresses of a process.
        IPS,
        /// Translated frames.
        FRAMES,
        /// The id of a stack that was acknowledged before.
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

    /// One decoded and validated element of a batch's `processes`.
    ///
    /// @param pid 0 if the sender gave none
    /// @param hints what the sender knows of the mapped files
    /// @param labels by which profiles are selected
    record ProcessSnapshot(int pid, Maps maps, List<BinaryHint> hints, Labels labels) {
        ProcessSnapshot {
            hints = List.copyOf(hints);
        }

        /// The origin of the mappings of the process.
        sealed interface Maps {

            record Sent(ParsedMaps parsed) implements Maps {}

            /// The sender left them out. Either no stack needs them, or this server reads them itself.
            record LeftOut() implements Maps {}
        }
    }
}
