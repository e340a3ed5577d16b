package dev.stackmapd.elfcore.symbols;

import java.util.Arrays;
import java.util.Comparator;

/// Symbol names one after the other, and how many bytes of them may still be read.
final class Names {
    /// Fewest leading underscores, then the shorter, then byte order.
    static final Comparator<byte[]> ALIAS_ORDER = Comparator.<byte[]>comparingInt(Names::underscores)
            .thenComparingInt(name -> name.length)
            .thenComparing(Arrays::compareUnsigned);

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

    /// Charges a name that has been read, and cuts `@VERSION` or `@@VERSION` off.
    byte[] admit(byte[] name) {
        allowance -= name.length;
        for (int i = 1; i < name.length; i++) {
            if (name[i] == '@') {
                return Arrays.copyOf(name, i);
            }
        }
        return name;
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
