package dev.stackmapd.elfcore.demangle;

/// The bytes of a mangled name and how far they are read.
///
/// A failure sticks: [#fail] moves to the end, where every look sees 0 and every take is refused, so that a parser of
/// many small rules runs out by itself and asks once, at its end, whether all went well. Loops ask [#ok].
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

    /// Gives the name up. The answer is [Nodes#NONE], so that a rule can return it.
    int fail() {
        failed = true;
        at = end;
        return Nodes.NONE;
    }

    /// The next byte, or 0 at the end.
    int look() {
        return at < end ? text[at] : 0;
    }

    /// The byte `ahead` of the next one, or 0 beyond the end.
    int look(int ahead) {
        return ahead < end - at ? text[at + ahead] : 0;
    }

    boolean looksAt(char first, char second) {
        return look() == first && look(1) == second;
    }

    /// Whether `wanted` stands at `from`.
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

    /// Only after a look has seen them.
    void skip(int bytes) {
        at += bytes;
    }

    /// Back to a place seen before; only for rules that repeat text, such as Rust's back references.
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

    /// Skips decimal digits and says how many there were.
    int skipDigits() {
        int from = at;
        while (isDigit(look())) {
            at++;
        }
        return at - from;
    }

    /// `[n] <decimal>`: skips it and says how many bytes it took, 0 if there is no number here.
    int skipNumber() {
        int from = at;
        if (look() == 'n' && isDigit(look(1))) {
            at++;
        }
        skipDigits();
        return at - from;
    }

    /// A decimal number that must be here and fit in an `int`.
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

    /// A length that must be here, above 0 and within what is left.
    int length() {
        int length = number();
        return length == 0 || length > end - at ? fail() : length;
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
