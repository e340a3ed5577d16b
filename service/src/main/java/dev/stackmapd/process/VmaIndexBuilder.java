package dev.stackmapd.process;

/// Collects the columns of a [VmaIndex] while lines are parsed. Mappings are added in ascending order.
/// Not thread-safe.
final class VmaIndexBuilder {
    /// Minimum length of a line that yields a mapping: 8 digits, 8, 4 permissions, 8, `00:00`, one digit
    /// and the separators.
    private static final int SHORTEST_LINE = 39;

    final byte[] text;
    final long[] starts;
    final long[] ends;
    final long[] fileOffsets;
    final long[] devices;
    final long[] inodes;
    final int[] nameFroms;
    final int[] nameTos;
    final boolean[] executable;
    int size;

    /// @param text is owned by the index afterwards
    VmaIndexBuilder(byte[] text) {
        this.text = text;
        int capacity = text.length / SHORTEST_LINE + 1;
        starts = new long[capacity];
        ends = new long[capacity];
        fileOffsets = new long[capacity];
        devices = new long[capacity];
        inodes = new long[capacity];
        nameFroms = new int[capacity];
        nameTos = new int[capacity];
        executable = new boolean[capacity];
    }

    void add(MapsLine line) {
        starts[size] = line.start;
        ends[size] = line.end;
        fileOffsets[size] = line.fileOffset;
        devices[size] = line.device;
        inodes[size] = line.inode;
        nameFroms[size] = line.nameFrom;
        nameTos[size] = line.to;
        executable[size] = line.executable;
        size++;
    }

    /// Returns the end of the last mapping; 0 if there is none.
    long lastEnd() {
        return size == 0 ? 0 : ends[size - 1];
    }

    VmaIndex build() {
        return new VmaIndex(this);
    }
}
