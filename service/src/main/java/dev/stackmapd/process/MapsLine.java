package dev.stackmapd.process;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// Parses the lines of a maps text one after the other (PMX-01 to PMX-08) into fields that the next line
/// overwrites.
///
/// The first syntax error is kept as the line's failure; the fields of a failed line are undefined.
/// Nothing is allocated for a valid line. Not thread-safe.
final class MapsLine {
    private static final byte NOT_A_DIGIT = -1;
    private static final byte[] HEX = new byte[256];
    private static final int MIN_NUMBER_DIGITS = 8;
    private static final int MAX_NUMBER_DIGITS = 16;
    private static final int MIN_DEVICE_DIGITS = 2;
    private static final int MAX_DEVICE_DIGITS = 8;

    /// A number of this many decimal digits is always below 2^64; one of one digit more may be.
    private static final int SURE_INODE_DIGITS = 19;

    static {
        Arrays.fill(HEX, NOT_A_DIGIT);
        byte[] digits = "0123456789abcdef".getBytes(ISO_8859_1);
        for (byte value = 0; value < digits.length; value++) {
            HEX[digits[value]] = value;
        }
    }

    /// Reads eight bytes of the text at once, the first in the lowest bits.
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, LITTLE_ENDIAN);

    private static final long EACH_BYTE = 0x0101_0101_0101_0101L;
    private static final long EACH_TOP_BIT = 0x8080_8080_8080_8080L;

    private final byte[] text;
    private int at;
    private boolean failed;
    private int failedAt;
    private String expected = "";

    int from;
    long start;
    long end;
    boolean executable;
    long fileOffset;
    long device;
    long inode;
    int nameFrom;

    /// The end of the name and the line: the index of the newline, or the end of the text.
    int to;

    MapsLine(byte[] text) {
        this.text = text;
    }

    boolean atEndOfText() {
        return at == text.length;
    }

    /// Parses the next line and moves past its newline.
    ///
    /// @return true if the line has the syntax that the kernel writes
    boolean read() {
        failed = false;
        from = at;
        start = hex(MIN_NUMBER_DIGITS, MAX_NUMBER_DIGITS, "8 to 16 lower-case hex digits of the start");
        expect('-', "'-' after the start");
        end = hex(MIN_NUMBER_DIGITS, MAX_NUMBER_DIGITS, "8 to 16 lower-case hex digits of the end");
        expect(' ', "a blank after the end");
        executable = permissions();
        expect(' ', "a blank after the permissions");
        fileOffset = hex(MIN_NUMBER_DIGITS, MAX_NUMBER_DIGITS, "8 to 16 lower-case hex digits of the offset");
        expect(' ', "a blank after the offset");
        long major =
                hex(MIN_DEVICE_DIGITS, MAX_DEVICE_DIGITS, "2 to 8 lower-case hex digits of the major device number");
        expect(':', "':' after the major device number");
        long minor =
                hex(MIN_DEVICE_DIGITS, MAX_DEVICE_DIGITS, "2 to 8 lower-case hex digits of the minor device number");
        device = (major << Integer.SIZE) | minor;
        expect(' ', "a blank after the device");
        inode = inode();
        nameFrom = name();
        to = newline(nameFrom);
        at = Math.min(to + 1, text.length);
        return !failed;
    }

    /// Returns the column of the syntax error, from 1, in bytes.
    int failureColumn() {
        return failedAt - from + 1;
    }

    /// Returns what was expected at the syntax error, and what was found.
    String failure() {
        return "expected " + expected + ", found " + found();
    }

    private long hex(int minDigits, int maxDigits, String description) {
        long value = 0;
        int next = at;
        int digit = hexDigit(next);
        while (digit >= 0 && next - at < maxDigits) {
            value = (value << 4) | digit;
            digit = hexDigit(++next);
        }
        if (digit >= 0 || next - at < minDigits) {
            fail(next, description);
        }
        at = next;
        return value;
    }

    private int hexDigit(int index) {
        return index < text.length ? HEX[text[index] & 0xff] : NOT_A_DIGIT;
    }

    private boolean permissions() {
        either('r', '-', "'r' or '-'");
        either('w', '-', "'w' or '-'");
        boolean execute = is('x');
        either('x', '-', "'x' or '-'");
        either('s', 'p', "'s' or 'p'");
        return execute;
    }

    private long inode() {
        long value = 0;
        int next = at;
        while (next < text.length && text[next] >= '0' && text[next] <= '9') {
            int digit = text[next] - '0';
            if (next - at >= SURE_INODE_DIGITS && !fits(next - at, value, digit)) {
                fail(next, "a decimal inode of at most 20 digits, below 2^64");
                return 0;
            }
            value = value * 10 + digit;
            next++;
        }
        if (next == at) {
            fail(next, "a decimal inode");
        }
        at = next;
        return value;
    }

    private static boolean fits(int digitsBefore, long value, int digit) {
        return digitsBefore == SURE_INODE_DIGITS
                && Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 10)) <= 0;
    }

    /// Skips the blanks before the name, and returns the start of the name. A newline directly after the
    /// inode is accepted, because a transport may strip trailing blanks; the end of the text is not,
    /// because the inode may be truncated (PMX-06).
    private int name() {
        if (!is('\n')) {
            expect(' ', "a blank after the inode");
        }
        return skipBlanks(at);
    }

    private int skipBlanks(int from) {
        int next = from;
        while (next + Long.BYTES <= text.length) {
            long differs = (long) WORD.get(text, next) ^ (' ' * EACH_BYTE);
            if (differs != 0) {
                return next + Long.numberOfTrailingZeros(differs) / Byte.SIZE;
            }
            next += Long.BYTES;
        }
        while (next < text.length && text[next] == ' ') {
            next++;
        }
        return next;
    }

    private int newline(int from) {
        int next = from;
        while (next + Long.BYTES <= text.length) {
            long differs = (long) WORD.get(text, next) ^ ('\n' * EACH_BYTE);
            // The top bit of a byte that is zero, and perhaps of some above the first such byte.
            long zeros = (differs - EACH_BYTE) & ~differs & EACH_TOP_BIT;
            if (zeros != 0) {
                return next + Long.numberOfTrailingZeros(zeros) / Byte.SIZE;
            }
            next += Long.BYTES;
        }
        while (next < text.length && text[next] != '\n') {
            next++;
        }
        return next;
    }

    private boolean is(char wanted) {
        return at < text.length && text[at] == wanted;
    }

    private void expect(char wanted, String description) {
        if (is(wanted)) {
            at++;
        } else {
            fail(at, description);
        }
    }

    private void either(char one, char other, String description) {
        if (is(one) || is(other)) {
            at++;
        } else {
            fail(at, description);
        }
    }

    private void fail(int where, String description) {
        if (!failed) {
            failed = true;
            failedAt = where;
            expected = description;
        }
    }

    private String found() {
        if (failedAt == text.length) {
            return "the end of the text";
        }
        int found = text[failedAt] & 0xff;
        if (found == '\n') {
            return "the end of the line";
        }
        return found > ' ' && found < 0x7f ? "'" + (char) found + "'" : "byte 0x%02x".formatted(found);
    }
}
