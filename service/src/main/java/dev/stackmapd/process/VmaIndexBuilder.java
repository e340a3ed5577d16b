package dev.stackmapd.process;

/// The columns of a [VmaIndex] while lines are read. Mappings are added in ascending order. Not thread-safe.
final class VmaIndexBuilder {
    /// No line that gives a mapping is shorter: 8 digits, 8, 4 permissions, 8, `00:00`, one digit and what parts them.
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

    /// @param text becomes the index's
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

    /// Where the mappings so far end; 0 while there is none.
    long lastEnd() {
        return size == 0 ? 0 : ends[size - 1];
    }

    VmaIndex build() {
        return new VmaIndex(this);
    }
}
