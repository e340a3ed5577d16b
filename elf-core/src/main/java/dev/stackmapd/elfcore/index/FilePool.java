package dev.stackmapd.elfcore.index;

/// Holds each source file once, as directory and base name, numbered in the order of their arrival; 0 is
/// no file. Not thread-safe.
final class FilePool {
    static final int NONE = 0;

    private final BuildMemory memory;
    private final Slots slots;
    private final StringPool strings;
    private int[] directories = new int[1 << 8];
    private int[] names = new int[1 << 8];
    private long[] uses = new long[1 << 8];

    FilePool(BuildMemory memory, StringPool strings) {
        this.memory = memory;
        this.slots = new Slots(memory, 1 << 8);
        this.strings = strings;
        idOf("");
    }

    int count() {
        return slots.count();
    }

    /// @param path directory and name; the directory is everything up to and including the last slash
    int idOf(String path) {
        int nameAt = path.lastIndexOf('/') + 1;
        int directory = strings.idOf(path.substring(0, nameAt));
        int name = strings.idOf(path.substring(nameAt));
        long hash = Hash.mix(Hash.mix(0, directory), name);
        for (int id = slots.first(hash); id >= 0; id = slots.next()) {
            if (directories[id] == directory && names[id] == name) {
                return id;
            }
        }
        int id = slots.add();
        if (id == names.length) {
            directories = memory.grow(directories, BuildMemory.larger(id));
            names = memory.grow(names, BuildMemory.larger(id));
            uses = memory.grow(uses, BuildMemory.larger(id));
        }
        directories[id] = directory;
        names[id] = name;
        return id;
    }

    /// Counts one more use of a file.
    void use(int id) {
        uses[id]++;
    }

    long uses(int id) {
        return uses[id];
    }

    int directory(int id) {
        return directories[id];
    }

    int name(int id) {
        return names[id];
    }
}
