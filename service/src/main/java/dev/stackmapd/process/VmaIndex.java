package dev.stackmapd.process;

import static java.util.Objects.checkIndex;

import java.util.Arrays;

/// The mappings of one process at one moment, in ascending order, and the search for the one that holds an address.
///
/// Addresses are unsigned, ranges half-open (XLT-24): an address in a hole, or equal to an end where nothing follows,
/// is in no mapping. A search is a binary search over one `long[]` and allocates nothing. The index keeps the maps text
/// that it was read from, for the names, and about 50 bytes a mapping. Immutable, safe to share between threads.
public final class VmaIndex {
    /// No mapping.
    public static final int NONE = -1;

    /// Swaps the halves of the address space, so that signed order is unsigned order.
    private static final long FLIP = Long.MIN_VALUE;

    private final byte[] text;
    private final long[] flippedStarts;
    private final long[] flippedEnds;
    private final long[] fileOffsets;
    private final long[] devices;
    private final long[] inodes;
    private final int[] nameFroms;
    private final int[] nameTos;
    private final boolean[] executable;

    VmaIndex(VmaIndexBuilder from) {
        int size = from.size;
        text = from.text;
        flippedStarts = flip(from.starts, size);
        flippedEnds = flip(from.ends, size);
        fileOffsets = Arrays.copyOf(from.fileOffsets, size);
        devices = Arrays.copyOf(from.devices, size);
        inodes = Arrays.copyOf(from.inodes, size);
        nameFroms = Arrays.copyOf(from.nameFroms, size);
        nameTos = Arrays.copyOf(from.nameTos, size);
        executable = Arrays.copyOf(from.executable, size);
    }

    private static long[] flip(long[] addresses, int size) {
        long[] flipped = new long[size];
        for (int i = 0; i < size; i++) {
            flipped[i] = addresses[i] ^ FLIP;
        }
        return flipped;
    }

    public int size() {
        return flippedStarts.length;
    }

    /// The index of the mapping with `start ≤ address < end`, or [#NONE].
    public int find(long address) {
        long flipped = address ^ FLIP;
        int length = flippedStarts.length;
        if (length == 0) {
            return NONE;
        }
        int base = 0;
        while (length > 1) {
            int half = length >>> 1;
            base = flippedStarts[base + half] <= flipped ? base + half : base;
            length -= half;
        }
        return flippedStarts[base] <= flipped && flipped < flippedEnds[base] ? base : NONE;
    }

    /// @param index 0 to [#size] − 1, as everywhere below
    public Vma get(int index) {
        return new Vma(this, checkIndex(index, size()));
    }

    public long start(int index) {
        return flippedStarts[index] ^ FLIP;
    }

    /// The first address behind the mapping.
    public long end(int index) {
        return flippedEnds[index] ^ FLIP;
    }

    /// Bytes into the backing file at which the mapping starts (PMX-03); 0 where there is no file.
    public long fileOffset(int index) {
        return fileOffsets[index];
    }

    public boolean executable(int index) {
        return executable[index];
    }

    /// Whether a file is behind it: device and inode are not both zero (PMX-11). The name does not tell.
    public boolean hasFile(int index) {
        return (devices[index] | inodes[index]) != 0;
    }

    /// Unsigned 64-bit (PMX-05).
    public long inode(int index) {
        return inodes[index];
    }

    public Device device(int index) {
        return Device.unpack(devices[index]);
    }

    /// Whether the kernel itself put the mapping there, as `[vdso]` and `[vsyscall]`; see [Vma#special].
    public boolean special(int index) {
        return !hasFile(index) && MapsName.special(text, nameFroms[index], nameTos[index]);
    }

    /// The maps text that it was read from, lines that could not be read included. Not a copy; must not be changed.
    public byte[] text() {
        return text;
    }

    byte[] nameBytes(int index) {
        return Arrays.copyOfRange(text, nameFroms[index], nameTos[index]);
    }
}
