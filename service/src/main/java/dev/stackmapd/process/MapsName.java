package dev.stackmapd.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/// Interprets the last column of a maps line, as bytes (PMX-07 to PMX-10).
final class MapsName {
    private static final byte[] DELETED = ascii(" (deleted)");
    private static final byte[] ESCAPED_NEWLINE = ascii("\\012");

    /// Bracketed names of memory that belongs to the process and not to the kernel.
    private static final byte[][] LABELS = {ascii("[heap]"), ascii("[stack]"), ascii("[stack:"), ascii("[anon:")};

    private MapsName() {}

    static boolean deleted(byte[] name) {
        int from = name.length - DELETED.length;
        return from >= 0 && startsWith(name, from, name.length, DELETED);
    }

    static boolean special(byte[] text, int from, int to) {
        if (from == to || text[from] != '[') {
            return false;
        }
        for (byte[] label : LABELS) {
            if (startsWith(text, from, to, label)) {
                return false;
            }
        }
        return true;
    }

    static byte[] unescape(byte[] name) {
        byte[] raw = new byte[name.length];
        int length = 0;
        for (int at = 0; at < name.length; at++) {
            if (startsWith(name, at, name.length, ESCAPED_NEWLINE)) {
                raw[length++] = '\n';
                at += ESCAPED_NEWLINE.length - 1;
            } else {
                raw[length++] = name[at];
            }
        }
        return Arrays.copyOf(raw, length);
    }

    private static boolean startsWith(byte[] bytes, int from, int to, byte[] prefix) {
        return to - from >= prefix.length && Arrays.equals(bytes, from, from + prefix.length, prefix, 0, prefix.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
