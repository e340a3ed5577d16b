package dev.stackmapd.elfcore.demangle;

/// Decodes Punycode (RFC 3492) with `_` as the delimiter, as RFC 2603 uses it.
final class Punycode {

    private static final int BASE = 36;
    private static final int LEAST_THRESHOLD = 1;
    private static final int MOST_THRESHOLD = 26;
    private static final int SKEW = 38;
    private static final int DAMP = 700;
    private static final int FIRST_BIAS = 72;
    private static final int FIRST_CODE_POINT = 0x80;

    /// The most code points of an identifier, because insertion is linear.
    private static final int MOST_CODE_POINTS = 1024;

    private Punycode() {}

    /// Appends the decoded text. Returns false, and appends nothing, if it is not valid.
    static boolean decode(byte[] text, int from, int length, Output out) {
        int delimiter = from + length - 1;
        while (delimiter >= from && text[delimiter] != '_') {
            delimiter--;
        }
        int basic = Math.max(0, delimiter - from);
        if (length == 0 || length > MOST_CODE_POINTS) {
            return false;
        }
        int[] points = new int[length];
        for (int i = 0; i < basic; i++) {
            points[i] = text[from + i];
        }
        int first = delimiter < from ? from : delimiter + 1;
        int count = insert(text, first, from + length, points, basic);
        for (int i = 0; i < count; i++) {
            out.appendCodePoint(points[i]);
        }
        return count > 0;
    }

    /// @return the number of code points so far, or -1
    private static int insert(byte[] text, int first, int end, int[] points, int basic) {
        int count = basic;
        int at = first;
        int bias = FIRST_BIAS;
        long codePoint = FIRST_CODE_POINT;
        long i = 0;
        while (at < end) {
            long before = i;
            long weight = 1;
            for (int k = BASE; ; k += BASE) {
                int digit = at < end ? digit(text[at++]) : -1;
                if (digit < 0) {
                    return -1;
                }
                i += digit * weight;
                int threshold = Math.clamp(k - bias, LEAST_THRESHOLD, MOST_THRESHOLD);
                if (digit < threshold) {
                    break;
                }
                weight *= BASE - threshold;
                if (i > Integer.MAX_VALUE || weight > Integer.MAX_VALUE) {
                    return -1;
                }
            }
            count++;
            bias = adapt(i - before, count, before == 0);
            codePoint += i / count;
            i %= count;
            if (codePoint > Character.MAX_CODE_POINT
                    || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE)) {
                return -1;
            }
            System.arraycopy(points, (int) i, points, (int) i + 1, count - 1 - (int) i);
            points[(int) i++] = (int) codePoint;
        }
        return count;
    }

    private static int adapt(long step, int count, boolean first) {
        long delta = first ? step / DAMP : step / 2;
        delta += delta / count;
        int k = 0;
        while (delta > (BASE - LEAST_THRESHOLD) * MOST_THRESHOLD / 2) {
            delta /= BASE - LEAST_THRESHOLD;
            k += BASE;
        }
        return (int) (k + (BASE - LEAST_THRESHOLD + 1) * delta / (delta + SKEW));
    }

    private static int digit(int c) {
        if (Mangled.isDigit(c)) {
            return c - '0' + 26;
        }
        return c >= 'a' && c <= 'z' ? c - 'a' : -1;
    }
}
