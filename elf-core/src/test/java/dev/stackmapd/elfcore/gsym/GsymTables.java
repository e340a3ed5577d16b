package dev.stackmapd.elfcore.gsym;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.index.SymbolIndex;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Names, files and addresses of a GSYM file while it is built: all files and functions of an index,
/// each string once. Not thread-safe.
final class GsymTables {
    private final Map<String, Integer> offsets = new HashMap<>();
    private final Bytes strings = new Bytes();
    private final int[] functionNames;
    private final int[] directories;
    private final int[] names;
    private long[] starts = new long[1 << 8];
    private int[] infos = new int[1 << 8];
    private int count;

    GsymTables(SymbolIndex index) throws MalformedBinaryException {
        offsetOf("");
        functionNames = new int[index.functionCount()];
        for (int i = 0; i < functionNames.length; i++) {
            functionNames[i] = offsetOf(index.function(i).rawName());
        }
        directories = new int[index.fileCount()];
        names = new int[directories.length];
        for (int i = 0; i < directories.length; i++) {
            String path = index.path(i);
            int slash = path.lastIndexOf('/');
            directories[i] = offsetOf(slash <= 0 ? path.substring(0, slash + 1) : path.substring(0, slash));
            names[i] = offsetOf(path.substring(slash + 1));
        }
    }

    /// Returns the offset of a string, and adds it if it is new. A NUL ends a string, so text after a
    /// NUL is lost.
    private int offsetOf(String text) {
        return offsets.computeIfAbsent(text, unknown -> {
            int offset = strings.size();
            byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
            strings.bytes(encoded, encoded.length);
            strings.u8(0);
            return offset;
        });
    }

    /// Returns the offset of a function's name; 0, which stands for no function, if it has none.
    int function(int number) {
        return functionNames[number];
    }

    /// Returns the number of a file of the index in the format. The numbers are equal; 0 is no file in
    /// both.
    long file(int number) {
        return number;
    }

    /// @param info offset of its info from the first
    void addFunction(long start, int info) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            infos = Arrays.copyOf(infos, count * 2);
        }
        starts[count] = start;
        infos[count++] = info;
    }

    int functions() {
        return count;
    }

    /// Returns everything before the function infos.
    ///
    /// @param uuid at most 20 bytes
    Bytes head(byte[] uuid) {
        long base = count == 0 ? 0 : starts[0];
        int width = width(count == 0 ? 0 : starts[count - 1] - base);
        Bytes head = new Bytes();
        head.u32(Gsym.MAGIC);
        head.fixed(Gsym.VERSION, Short.BYTES);
        head.u8(width);
        head.u8(uuid.length);
        head.fixed(base, Long.BYTES);
        head.u32(count);
        int stringsAt = head.size();
        head.fixed(0, Long.BYTES);
        head.bytes(Arrays.copyOf(uuid, Gsym.MAX_UUID_BYTES), Gsym.MAX_UUID_BYTES);
        head.alignTo(width);
        for (int i = 0; i < count; i++) {
            head.fixed(starts[i] - base, width);
        }
        head.alignTo(Integer.BYTES);
        int infosAt = head.size();
        for (int i = 0; i < count; i++) {
            head.u32(0);
        }
        head.u32(names.length);
        for (int i = 0; i < names.length; i++) {
            head.u32(directories[i]);
            head.u32(names[i]);
        }
        head.patch32(stringsAt, head.size());
        head.patch32(stringsAt + Integer.BYTES, strings.size());
        head.bytes(strings.array(), strings.size());
        head.alignTo(Integer.BYTES);
        for (int i = 0; i < count; i++) {
            head.patch32(infosAt + i * Integer.BYTES, head.size() + (long) infos[i]);
        }
        return head;
    }

    private static int width(long largest) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(largest);
        return bits <= Byte.SIZE ? 1 : bits <= Short.SIZE ? 2 : bits <= Integer.SIZE ? 4 : 8;
    }
}
