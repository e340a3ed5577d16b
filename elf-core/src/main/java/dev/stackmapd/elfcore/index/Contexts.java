package dev.stackmapd.elfcore.index;

/// The distinct contexts that code may belong to: a function, or a call inlined into another context at
/// a place. Parents have smaller numbers. Not thread-safe.
final class Contexts {
    static final int NONE = -1;

    private final BuildMemory memory;
    private final Slots slots;
    private int[] parents = new int[1 << 10];
    private int[] functions = new int[1 << 10];
    private int[] files = new int[1 << 10];
    private int[] lines = new int[1 << 10];
    private int[] columns = new int[1 << 10];

    Contexts(BuildMemory memory) {
        this.memory = memory;
        this.slots = new Slots(memory, 1 << 10);
    }

    /// @param expected the expected greatest number of contexts
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
            grow(BuildMemory.larger(id));
        }
        parents[id] = parent;
        functions[id] = function;
        files[id] = file;
        lines[id] = line;
        columns[id] = column;
        return id;
    }

    private void grow(int size) {
        parents = memory.grow(parents, size);
        functions = memory.grow(functions, size);
        files = memory.grow(files, size);
        lines = memory.grow(lines, size);
        columns = memory.grow(columns, size);
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
