package dev.stackmapd.elfcore.symbols;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/// Stores symbol names one after the other, and limits the bytes that are read.
final class Names {
    /// Orders by number of leading underscores, then length, then byte order.
    static final Comparator<byte[]> ALIAS_ORDER = Comparator.<byte[]>comparingInt(Names::underscores)
            .thenComparingInt(name -> name.length)
            .thenComparing(Arrays::compareUnsigned);

    /// The same limit as for a name in debug information.
    private static final int MAX_BYTES = 1 << 16;

    private static final byte[] MARK = "<truncated>".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = new byte[256];
    private int length;
    private int allowance;

    /// @param allowance bytes of names that may be read, losing aliases included
    Names(int allowance) {
        this.allowance = allowance;
    }

    int allowance() {
        return allowance;
    }

    int length() {
        return length;
    }

    /// Charges a name that has been read, and cuts `@VERSION` or `@@VERSION` off. A name longer than
    /// [#MAX_BYTES], which no compiler writes, is cut and marked.
    byte[] admit(byte[] name) {
        allowance -= name.length;
        int length = Math.min(name.length, MAX_BYTES);
        for (int i = 1; i < length; i++) {
            if (name[i] == '@') {
                return Arrays.copyOf(name, i);
            }
        }
        return length == name.length ? name : cut(name);
    }

    private static byte[] cut(byte[] name) {
        byte[] cut = Arrays.copyOf(name, MAX_BYTES + MARK.length);
        System.arraycopy(MARK, 0, cut, MAX_BYTES, MARK.length);
        return cut;
    }

    void append(byte[] name) {
        if (name.length > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + name.length));
        }
        System.arraycopy(name, 0, bytes, length, name.length);
        length += name.length;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    static int underscores(byte[] name) {
        int count = 0;
        while (count < name.length && name[count] == '_') {
            count++;
        }
        return count;
    }
}
