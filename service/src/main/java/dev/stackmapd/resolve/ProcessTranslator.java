package dev.stackmapd.resolve;

import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBase;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import java.util.Arrays;
import java.util.OptionalInt;

/// Turns the addresses of one process into frames, by its mappings at one moment (XLT-10 to XLT-16).
///
/// An address belongs to the mapping with `start ≤ address < end`, unsigned (XLT-20, XLT-24), of whatever permissions
/// (XLT-14). A mapping decides before the address does, so `[vsyscall]` in the upper half is SPECIAL where the maps
/// list it. An address in no mapping is a marker, of the kernel, or in a hole. Nothing is subtracted from it (XLT-16).
///
/// What a mapping means is decided when the first address is met in it, and once: it becomes an *entry*. Addresses lie
/// close together, so the entry that was met last in a stretch of 64 KiB is tried before the mappings are searched;
/// entries of mappings in use are few and stay in the nearest cache of the processor, where the index does not. Once
/// all are met, nothing is allocated. Made for one process of one batch; not thread-safe.
///
/// ```text
///  slots     for each stretch, folded: where its entry begins; 0 if none was met
///  entries   0  start of the mapping
///            1  its bytes; 0 in the entry at 0, which holds no address
///            2  verdict: the number of its build-id, or the inverted code of a reason
///            3  what turns an address into an offset
/// ```
public final class ProcessTranslator {
    private static final int NONE = 0;
    private static final int UNDECIDED = 0;
    private static final int FULL = Integer.MIN_VALUE;

    private static final int ENTRY_LONGS = 4;
    private static final int BYTES = 1;
    private static final int VERDICT = 2;
    private static final int SHIFT = 3;

    private static final int STRETCH_BITS = 16;
    private static final int MIN_SLOT_BITS = 8;
    private static final int MAX_SLOT_BITS = 13;

    /// 2^64 divided by the golden ratio: neighbouring stretches go to slots far apart.
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private final VmaIndex vmas;
    private final MappedBinaries binaries;
    private final FrameBases.Claim bases;
    private final FrameCounts counts;

    /// For each mapping where its entry begins, or [#UNDECIDED].
    private final int[] entryOf;

    private final int[] slots;
    private final int slotShift;
    private long[] entries = new long[16 * ENTRY_LONGS];
    private int entriesEnd = ENTRY_LONGS;

    /// @param counts where frames are counted; may be shared with other translators of the same thread
    public ProcessTranslator(VmaIndex vmas, MappedBinaries binaries, FrameBases.Claim bases, FrameCounts counts) {
        this.vmas = vmas;
        this.binaries = binaries;
        this.bases = bases;
        this.counts = counts;
        this.entryOf = new int[vmas.size()];
        int slotBits =
                Math.clamp(Integer.SIZE - Integer.numberOfLeadingZeros(vmas.size()) + 1, MIN_SLOT_BITS, MAX_SLOT_BITS);
        this.slots = new int[1 << slotBits];
        this.slotShift = Long.SIZE - slotBits;
    }

    /// Adds a frame for each address in `[from, to)`, in their order, which is leaf first.
    public TranslationStatus translate(long[] ips, int from, int to, PackedStack into) {
        for (int i = from; i < to; i++) {
            long ip = ips[i];
            int slot = (int) (((ip >>> STRETCH_BITS) * SPREAD) >>> slotShift);
            int entry = slots[slot];
            if (Long.compareUnsigned(ip - entries[entry], entries[entry + BYTES]) >= 0) {
                entry = search(ip);
                if (entry == FULL) {
                    return TranslationStatus.BASES_FULL;
                }
                slots[slot] = entry;
            }
            add(ip, entry, into);
        }
        return TranslationStatus.COMPLETE;
    }

    private void add(long ip, int entry, PackedStack into) {
        int verdict = (int) entries[entry + VERDICT];
        if (entry == NONE) {
            addRaw(ip, Frame.Reason.ofAddress(ip).orElse(Frame.Reason.NO_MAPPING), into);
        } else if (verdict >= 0) {
            counts.countInFile();
            into.addBased(verdict, ip + entries[entry + SHIFT]);
        } else {
            addRaw(ip, Frame.Reason.ofCode(~verdict), into);
        }
    }

    private void addRaw(long ip, Frame.Reason reason, PackedStack into) {
        counts.countRaw(reason);
        into.addRaw(ip, reason);
    }

    /// The entry of the mapping that holds the address; [#NONE] in a hole, [#FULL] where there is no number for its
    /// build-id.
    private int search(long ip) {
        int index = vmas.find(ip);
        if (index == VmaIndex.NONE) {
            return NONE;
        }
        return entryOf[index] == UNDECIDED ? newEntry(index) : entryOf[index];
    }

    private int newEntry(int index) {
        int verdict = decide(index);
        if (verdict == FULL) {
            return FULL;
        }
        if (entriesEnd == entries.length) {
            entries = Arrays.copyOf(entries, 2 * entriesEnd);
        }
        int entry = entriesEnd;
        long start = vmas.start(index);
        entries[entry] = start;
        entries[entry + BYTES] = vmas.end(index) - start;
        entries[entry + VERDICT] = verdict;
        entries[entry + SHIFT] = vmas.fileOffset(index) - start;
        entriesEnd += ENTRY_LONGS;
        entryOf[index] = entry;
        return entry;
    }

    private int decide(int index) {
        if (!vmas.hasFile(index)) {
            return ~(vmas.special(index) ? Frame.Reason.SPECIAL : Frame.Reason.ANONYMOUS).code();
        }
        return switch (binaries.resolve(vmas.get(index))) {
            case Resolution.Missing missing -> ~missing.reason().code();
            case Resolution.Found found -> {
                OptionalInt number = bases.numberOf(new FrameBase.File(found.buildId()));
                yield number.isPresent() ? number.getAsInt() : FULL;
            }
        };
    }
}
