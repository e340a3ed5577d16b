package dev.stackmapd.elfcore.dwarf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The place of one debug section in a well-formed 64-bit little-endian file. It is found without the
/// reader under test.
///
/// @param headerAt the offset of its section header
record DebugSection(String name, int headerAt, int offset, int size) {
    private static final int SH_OFFSET = 24;
    private static final int SH_SIZE = 32;

    static List<DebugSection> of(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int headers = (int) in.getLong(40);
        int count = in.getShort(60);
        int names = (int) in.getLong(headers + 64 * in.getShort(62) + SH_OFFSET);
        List<DebugSection> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int header = headers + 64 * i;
            String name = text(file, names + in.getInt(header));
            if (name.startsWith(".debug_") || name.startsWith(".zdebug_") || name.startsWith(".rela.debug")) {
                found.add(new DebugSection(
                        name, header, (int) in.getLong(header + SH_OFFSET), (int) in.getLong(header + SH_SIZE)));
            }
        }
        return found;
    }

    private static String text(byte[] file, int from) {
        int to = from;
        while (file[to] != 0) {
            to++;
        }
        return new String(file, from, to - from, StandardCharsets.US_ASCII);
    }

    /// Returns a copy of the file whose header gives the section fewer bytes.
    byte[] cut(byte[] file, int bytes) {
        byte[] copy = file.clone();
        ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putLong(headerAt + SH_SIZE, bytes);
        return copy;
    }
}
