package dev.stackmapd.elfcore.index;

/// Holds each function once, numbered in the order of their arrival. A function that is only inlined has
/// no entry point. Not thread-safe.
final class FunctionPool {
    private final BuildMemory memory;
    private final Slots slots;
    private int[] rawNames = new int[1 << 10];
    private int[] names = new int[1 << 10];
    private int[] lines = new int[1 << 10];
    private byte[] kinds = new byte[1 << 10];
    private long[] entries = new long[1 << 10];
    private long[] sizes = new long[1 << 10];

    FunctionPool(BuildMemory memory) {
        this.memory = memory;
        this.slots = new Slots(memory, 1 << 10);
    }

    int count() {
        return slots.count();
    }

    /// @param rawName number of a string: the linkage name, or the plain one where there is none
    /// @param name number of a string: the plain name
    /// @param kind see [IndexFormat#kind]
    /// @param entry ELF address, 0 where it is only inlined
    /// @param size bytes of its code, 0 where it is only inlined
    int idOf(int rawName, int name, int line, byte kind, long entry, long size) {
        long hash = Hash.mix(Hash.mix(Hash.mix(0, (long) rawName << 32 | name), (long) line << 32 | kind), entry);
        for (int id = slots.first(hash); id >= 0; id = slots.next()) {
            if (entries[id] == entry
                    && rawNames[id] == rawName
                    && names[id] == name
                    && lines[id] == line
                    && kinds[id] == kind) {
                return id;
            }
        }
        int id = slots.add();
        if (id == names.length) {
            grow(BuildMemory.larger(id));
        }
        rawNames[id] = rawName;
        names[id] = name;
        lines[id] = line;
        kinds[id] = kind;
        entries[id] = entry;
        sizes[id] = size;
        return id;
    }

    private void grow(int size) {
        rawNames = memory.grow(rawNames, size);
        names = memory.grow(names, size);
        lines = memory.grow(lines, size);
        kinds = memory.grow(kinds, size);
        entries = memory.grow(entries, size);
        sizes = memory.grow(sizes, size);
    }

    int rawName(int id) {
        return rawNames[id];
    }

    int name(int id) {
        return names[id];
    }

    int line(int id) {
        return lines[id];
    }

    byte kind(int id) {
        return kinds[id];
    }

    long entry(int id) {
        return entries[id];
    }

    long size(int id) {
        return sizes[id];
    }
}
