package dev.stackmapd.elfcore.demangle;

/// The bytes of a mangled name, and the current position.
///
/// A failure is permanent: [#fail] moves to the end, where every look returns 0 and every take fails. So
/// a parser of many small rules ends by itself, and checks for a failure once, at its end. Loops check
/// [#ok].
final class Mangled {

    private byte[] text = new byte[0];
    private int at;
    private int end;
    private boolean failed;

    void reset(byte[] bytes, int from, int to) {
        text = bytes;
        at = from;
        end = to;
        failed = false;
    }

    byte[] text() {
        return text;
    }

    int at() {
        return at;
    }

    int end() {
        return end;
    }

    boolean ok() {
        return !failed;
    }

    boolean atEnd() {
        return at >= end;
    }

    /// Marks the name as unreadable. Returns [Nodes#NONE], so that a rule can return the result.
    int fail() {
        failed = true;
        at = end;
        return Nodes.NONE;
    }

    /// Returns the next byte, or 0 at the end.
    int look() {
        return at < end ? text[at] : 0;
    }

    /// Returns the byte `ahead` of the next one, or 0 beyond the end.
    int look(int ahead) {
        return ahead < end - at ? text[at + ahead] : 0;
    }

    boolean looksAt(char first, char second) {
        return look() == first && look(1) == second;
    }

    /// Returns true if `wanted` is at `from`.
    boolean at(int from, String wanted) {
        if (from < 0 || wanted.length() > end - from) {
            return false;
        }
        for (int i = 0; i < wanted.length(); i++) {
            if (text[from + i] != wanted.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// Skips bytes. Call it only after a look at them.
    void skip(int bytes) {
        at += bytes;
    }

    /// Moves back to an earlier position. It is only for rules that repeat text, such as Rust's back
    /// references.
    void moveTo(int place) {
        if (!failed) {
            at = place;
        }
    }

    boolean take(char wanted) {
        if (look() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    boolean take(char first, char second) {
        if (!looksAt(first, second)) {
            return false;
        }
        at += 2;
        return true;
    }

    boolean take(String wanted) {
        for (int i = 0; i < wanted.length(); i++) {
            if (look(i) != wanted.charAt(i)) {
                return false;
            }
        }
        at += wanted.length();
        return true;
    }

    void require(char wanted) {
        if (!take(wanted)) {
            fail();
        }
    }

    boolean looksAtDigit() {
        return isDigit(look());
    }

    /// Skips decimal digits and returns their number.
    int skipDigits() {
        int from = at;
        while (isDigit(look())) {
            at++;
        }
        return at - from;
    }

    /// Reads `[n] <decimal>`: skips it and returns the number of bytes, 0 if there is no number here.
    int skipNumber() {
        int from = at;
        if (look() == 'n' && isDigit(look(1))) {
            at++;
        }
        skipDigits();
        return at - from;
    }

    /// Reads a decimal number, and fails unless there is one here that fits in an `int`.
    int number() {
        if (!looksAtDigit()) {
            return fail();
        }
        long value = 0;
        while (looksAtDigit()) {
            value = value * 10 + (text[at++] - '0');
            if (value > Integer.MAX_VALUE) {
                return fail();
            }
        }
        return (int) value;
    }

    /// Reads a length, and fails unless there is one here that is above 0 and at most the number of
    /// remaining bytes.
    int length() {
        int length = number();
        return length == 0 || length > end - at ? fail() : length;
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
