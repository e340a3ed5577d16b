package dev.stackmapd.elfcore.index;

import java.util.Arrays;

/// What code may belong to, each once: a function, or a call inlined into another context at a place. Parents have
/// smaller numbers. Not thread-safe.
final class Contexts {
    static final int NONE = -1;

    private final Slots slots = new Slots(1 << 10);
    private int[] parents = new int[1 << 10];
    private int[] functions = new int[1 << 10];
    private int[] files = new int[1 << 10];
    private int[] lines = new int[1 << 10];
    private int[] columns = new int[1 << 10];

    /// @param expected how many will come at most
    void clear(int expected) {
        slots.clear(expected);
    }

    int count() {
        return slots.count();
    }

    int idOf(int parent, int function, int file, int line, int column) {
        long hash = Hash.mix(
                Hash.mix(Hash.mix(0, (long) parent << 32 | function), (long) file << 32 | (line & 0xffff_ffffL)),
                column);
        for (int id = slots.first(hash); id >= 0; id = slots.next()) {
            if (parents[id] == parent
                    && functions[id] == function
                    && lines[id] == line
                    && columns[id] == column
                    && files[id] == file) {
                return id;
            }
        }
        int id = slots.add();
        if (id == parents.length) {
            grow(id * 2);
        }
        parents[id] = parent;
        functions[id] = function;
        files[id] = file;
        lines[id] = line;
        columns[id] = column;
        return id;
    }

    private void grow(int size) {
        parents = Arrays.copyOf(parents, size);
        functions = Arrays.copyOf(functions, size);
        files = Arrays.copyOf(files, size);
        lines = Arrays.copyOf(lines, size);
        columns = Arrays.copyOf(columns, size);
    }

    int parent(int id) {
        return parents[id];
    }

    int function(int id) {
        return functions[id];
    }

    int file(int id) {
        return files[id];
    }

    int line(int id) {
        return lines[id];
    }

    int column(int id) {
        return columns[id];
    }
}
