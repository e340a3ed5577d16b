package dev.stackmapd.resolve;

import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBase;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import java.util.Arrays;
import java.util.OptionalInt;

/// Translates the addresses of one process into frames, by its mappings at one moment (XLT-10 to
/// XLT-16).
///
/// An address belongs to the mapping with `start ≤ address < end`, unsigned (XLT-20, XLT-24), whatever
/// its permissions (XLT-14). A mapping takes precedence over the value of the address, so `[vsyscall]`
/// in the upper half is SPECIAL if the maps list it. An address outside all mappings is a marker, a
/// kernel address, or lies in a hole. Nothing is subtracted from it (XLT-16).
///
/// A mapping is resolved once, at its first address, and the result is stored as an *entry*. Addresses
/// are clustered, so the entry that was used last for a region of 64 KiB is tried before the mappings
/// are searched. The entries of mappings in use are few and stay in the first-level cache of the
/// processor, unlike the index. Nothing is allocated once all mappings in use have entries. An instance
/// serves one process of one batch. Not thread-safe.
///
/// ```text
///  slots     for each region, folded: where its entry begins; 0 if none was used
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

    /// 2^64 divided by the golden ratio: spreads neighbouring regions over the slots.
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private final VmaIndex vmas;
    private final MappedBinaries binaries;
    private final FrameBases.Claim bases;
    private final FrameCounts counts;

    /// For each mapping, the index at which its entry begins, or [#UNDECIDED].
    private final int[] entryOf;

    private final int[] slots;
    private final int slotShift;
    private long[] entries = new long[16 * ENTRY_LONGS];
    private int entriesEnd = ENTRY_LONGS;

    /// @param counts counts the frames; may be shared with other translators of the same thread
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

    /// Appends a frame for each address in `ips[from, to)`, in the same order, which is leaf first.
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

    /// Returns the entry of the mapping that contains the address; [#NONE] outside all mappings, [#FULL]
    /// if the dictionary has no number left for its build-id.
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

    /// The status of the translation of a stack.
    public enum TranslationStatus {
        /// A frame was appended for every address.
        COMPLETE,

        /// The dictionary has no number left for a build-id. The frames before it were appended and counted;
        /// none of them may be stored.
        BASES_FULL
    }
}
