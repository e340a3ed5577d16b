package dev.stackmapd.elfcore.demangle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/// Collects the demangled text as UTF-8 in a buffer that is reused. Text beyond the cap is dropped.
final class Output {

    private static final byte[] MARK = DemangleLimits.TRUNCATED.getBytes(US_ASCII);
    private static final int FIRST_BYTES = 512;

    private final int cap;
    private byte[] bytes;
    private int length;
    private boolean full;

    Output(int cap) {
        this.cap = cap;
        bytes = new byte[Math.min(cap, FIRST_BYTES)];
    }

    void reset() {
        length = 0;
        full = false;
    }

    /// Returns true if text was dropped, so that printing the rest is useless.
    boolean full() {
        return full;
    }

    int length() {
        return length;
    }

    /// Returns the last byte, or 0.
    int last() {
        return length > 0 ? bytes[length - 1] : 0;
    }

    /// Removes the text that was appended after the first `length` bytes.
    void cutTo(int shorter) {
        length = Math.min(length, shorter);
    }

    /// Exchanges the text from `from` to `middle` with the text after it: some schemes mangle first what
    /// is printed last.
    void swap(int from, int middle) {
        byte[] first = Arrays.copyOfRange(bytes, from, middle);
        System.arraycopy(bytes, middle, bytes, from, length - middle);
        System.arraycopy(first, 0, bytes, from + length - middle, first.length);
    }

    void append(char ascii) {
        if (reserve(1) == 1) {
            bytes[length++] = (byte) ascii;
        }
    }

    void append(byte[] text) {
        append(text, 0, text.length);
    }

    void append(byte[] text, int from, int count) {
        int room = reserve(count);
        System.arraycopy(text, from, bytes, length, room);
        length += room;
    }

    void append(String ascii) {
        int room = reserve(ascii.length());
        for (int i = 0; i < room; i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
    }

    void appendNumber(int number) {
        append(Integer.toString(number));
    }

    void appendCodePoint(int codePoint) {
        if (codePoint < 0x80) {
            append((char) codePoint);
        } else {
            append(new String(Character.toChars(codePoint)).getBytes(UTF_8));
        }
    }

    private int reserve(int wanted) {
        if (wanted > cap - length) {
            full = true;
            return grow(cap - length);
        }
        return grow(wanted);
    }

    private int grow(int wanted) {
        if (wanted > bytes.length - length) {
            int size = (int) Math.min(cap, Math.max(2L * bytes.length, (long) length + wanted));
            bytes = Arrays.copyOf(bytes, size);
        }
        return wanted;
    }

    /// Returns the text, with a mark at its end if text was dropped.
    String text() {
        if (full) {
            cutTo(cap - MARK.length);
            cutToWholeCharacter();
            full = false;
            append(MARK);
        }
        return new String(bytes, 0, length, UTF_8);
    }

    private void cutToWholeCharacter() {
        int start = length;
        while (start > 0 && length - start < 3 && (bytes[start - 1] & 0xc0) == 0x80) {
            start--;
        }
        if (start > 0 && (bytes[start - 1] & 0xc0) == 0xc0) {
            length = start - 1;
        }
    }
}
