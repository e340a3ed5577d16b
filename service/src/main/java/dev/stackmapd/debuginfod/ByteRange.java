package dev.stackmapd.debuginfod;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The part of a file that a `Range` header requests (RFC 9110, 14.2).
public sealed interface ByteRange {

    /// The whole file: there is no such header, or one that may be ignored, such as one with several
    /// ranges.
    record Whole() implements ByteRange {}

    /// @param from the first byte, from 0
    /// @param length 1 or more, inside the file
    record Partial(long from, long length) implements ByteRange {}

    /// The range begins after the end of the file.
    record Unsatisfiable() implements ByteRange {}

    Pattern ONE = Pattern.compile("bytes=\\s*([0-9]*)-([0-9]*)\\s*");

    /// @param header the header's value; empty if there is none
    /// @param size of the file, bytes
    static ByteRange parse(String header, long size) {
        Matcher range = ONE.matcher(header);
        if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
            return new Whole();
        }
        if (range.group(1).isEmpty()) {
            long last = clamp(range.group(2), size);
            return last == 0 ? new Unsatisfiable() : new Partial(size - last, last);
        }
        long from = clamp(range.group(1), size);
        if (from == size) {
            return new Unsatisfiable();
        }
        long end = range.group(2).isEmpty() ? size - 1 : clamp(range.group(2), size - 1);
        return end < from ? new Whole() : new Partial(from, end - from + 1);
    }

    private static long clamp(String digits, long most) {
        return new BigInteger(digits).min(BigInteger.valueOf(most)).longValue();
    }
}
