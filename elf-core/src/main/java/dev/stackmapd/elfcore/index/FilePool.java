package dev.stackmapd.elfcore.index;

import java.util.Arrays;

/// Every source file once, as directory and base name, numbered as they come; 0 is no file. Not thread-safe.
final class FilePool {
    static final int NONE = 0;

    private final Slots slots = new Slots(1 << 8);
    private final StringPool strings;
    private int[] directories = new int[1 << 8];
    private int[] names = new int[1 << 8];
    private long[] uses = new long[1 << 8];

    FilePool(StringPool strings) {
        this.strings = strings;
        idOf("");
    }

    int count() {
        return slots.count();
    }

    /// @param path directory and name; what comes up to the last slash is the directory, the slash included
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
            directories = Arrays.copyOf(directories, id * 2);
            names = Arrays.copyOf(names, id * 2);
            uses = Arrays.copyOf(uses, id * 2);
        }
        directories[id] = directory;
        names[id] = name;
        return id;
    }

    /// Counts that a file is written once more.
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
