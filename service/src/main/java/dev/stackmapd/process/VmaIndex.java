package dev.stackmapd.process;

import static java.util.Objects.checkIndex;

import java.util.Arrays;

/// The mappings of one process at one moment, in ascending order, with a search for the mapping that
/// contains an address.
///
/// Addresses are unsigned and ranges half-open (XLT-24): an address in a hole, or equal to an end
/// without a following mapping, is in no mapping. [#find] is a binary search over one `long[]` and
/// allocates nothing. The index keeps the maps text, for the names, and about 50 bytes per mapping.
/// Immutable and thread-safe.
public final class VmaIndex {
    /// The result of [#find] if no mapping contains the address.
    public static final int NONE = -1;

    /// Swaps the halves of the address space, so that signed order equals unsigned order.
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

    /// Returns the index of the mapping with `start ≤ address < end`, or [#NONE].
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

    /// Returns a view of one mapping.
    ///
    /// @param index 0 to [#size] − 1, as in all methods below
    public Vma get(int index) {
        return new Vma(this, checkIndex(index, size()));
    }

    public long start(int index) {
        return flippedStarts[index] ^ FLIP;
    }

    /// Returns the first address after the mapping.
    public long end(int index) {
        return flippedEnds[index] ^ FLIP;
    }

    /// Returns the offset in the backing file, in bytes, at which the mapping starts (PMX-03); 0 without
    /// a file.
    public long fileOffset(int index) {
        return fileOffsets[index];
    }

    public boolean executable(int index) {
        return executable[index];
    }

    /// Returns true if the mapping is backed by a file: device and inode are not both zero (PMX-11). The
    /// name does not decide this.
    public boolean hasFile(int index) {
        return (devices[index] | inodes[index]) != 0;
    }

    /// Returns the inode number, unsigned 64-bit (PMX-05).
    public long inode(int index) {
        return inodes[index];
    }

    public Device device(int index) {
        return Device.unpack(devices[index]);
    }

    /// Returns true if the kernel itself created the mapping, such as `[vdso]` and `[vsyscall]`; see
    /// [Vma#special].
    public boolean special(int index) {
        return !hasFile(index) && MapsName.special(text, nameFroms[index], nameTos[index]);
    }

    /// Returns the parsed maps text, including lines with syntax errors. The array is not a copy and
    /// must not be changed.
    public byte[] text() {
        return text;
    }

    byte[] nameBytes(int index) {
        return Arrays.copyOfRange(text, nameFroms[index], nameTos[index]);
    }
}
