package dev.stackmapd.resolve;

import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.stack.BuildIds;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.PackedStack;
import java.util.Arrays;
import java.util.OptionalInt;

/// Turns the addresses of one process into frames, by its mappings at one moment (XLT-10 to XLT-16).
///
/// An address belongs to the mapping with `start ≤ address < end`, unsigned (XLT-20, XLT-24), of whatever permissions
/// (XLT-14); a mapping decides before the address does, so `[vsyscall]` in the upper half is SPECIAL where the maps
/// list
/// it. An address in no mapping is a marker, of the kernel, or in a hole. Nothing is subtracted from it (XLT-16).
///
/// What a mapping means is decided when the first address is met in it, and once; from then on a frame costs a search
/// and allocates nothing. Made for one process of one batch; not thread-safe.
public final class ProcessTranslator {
    private static final int UNDECIDED = Integer.MIN_VALUE;
    private static final int FULL = Integer.MIN_VALUE + 1;

    private final VmaIndex vmas;
    private final MappedBinaries binaries;
    private final BuildIds buildIds;
    private final FrameCounts counts;

    /// For each mapping the number of its build-id, or the inverted code of a reason, or [#UNDECIDED].
    private final int[] verdicts;

    // The mapping that the last address was in: neighbours in a stack are often in the same.
    private int lastIndex = VmaIndex.NONE;
    private long lastStart;
    private long lastBytes;
    private int lastVerdict;
    private long lastShift;

    /// @param counts where frames are counted; may be shared with other translators of the same thread
    public ProcessTranslator(VmaIndex vmas, MappedBinaries binaries, BuildIds buildIds, FrameCounts counts) {
        this.vmas = vmas;
        this.binaries = binaries;
        this.buildIds = buildIds;
        this.counts = counts;
        this.verdicts = new int[vmas.size()];
        Arrays.fill(verdicts, UNDECIDED);
    }

    /// Adds a frame for each address in `[from, to)`, in their order, which is leaf first.
    public Translation translate(long[] ips, int from, int to, PackedStack into) {
        for (int i = from; i < to; i++) {
            long ip = ips[i];
            if (Long.compareUnsigned(ip - lastStart, lastBytes) >= 0 && !enter(ip)) {
                addRaw(ip, outside(ip), into);
            } else if (lastVerdict >= 0) {
                counts.countInFile();
                into.addInFile(lastVerdict, ip + lastShift);
            } else if (lastVerdict == FULL) {
                leave();
                return Translation.BUILD_IDS_FULL;
            } else {
                addRaw(ip, Frame.Reason.ofCode(~lastVerdict), into);
            }
        }
        return Translation.COMPLETE;
    }

    /// Makes the mapping that holds the address the last one.
    ///
    /// @return whether there is one
    private boolean enter(long ip) {
        int index = vmas.find(ip);
        if (index == VmaIndex.NONE) {
            return false;
        }
        if (verdicts[index] == UNDECIDED) {
            verdicts[index] = decide(index);
        }
        lastIndex = index;
        lastVerdict = verdicts[index];
        lastStart = vmas.start(index);
        lastBytes = vmas.end(index) - lastStart;
        lastShift = vmas.fileOffset(index) - lastStart;
        return true;
    }

    /// Forgets that there was no number for a build-id, for the case that it is asked for again.
    private void leave() {
        verdicts[lastIndex] = UNDECIDED;
        lastBytes = 0;
    }

    private int decide(int index) {
        if (!vmas.hasFile(index)) {
            return ~(vmas.special(index) ? Frame.Reason.SPECIAL : Frame.Reason.ANONYMOUS).code();
        }
        return switch (binaries.resolve(vmas.get(index))) {
            case Resolution.Missing missing -> ~missing.reason().code();
            case Resolution.Found found -> {
                OptionalInt ordinal = buildIds.ordinalOf(found.buildId());
                yield ordinal.isPresent() ? ordinal.getAsInt() : FULL;
            }
        };
    }

    private static Frame.Reason outside(long ip) {
        return Frame.Reason.ofAddress(ip).orElse(Frame.Reason.NO_MAPPING);
    }

    private void addRaw(long ip, Frame.Reason reason, PackedStack into) {
        counts.countRaw(reason);
        into.addRaw(ip, reason);
    }
}
