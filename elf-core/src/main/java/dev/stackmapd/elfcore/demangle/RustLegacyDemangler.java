package dev.stackmapd.elfcore.demangle;

/// Demangles Rust's legacy scheme: an Itanium nested name that ends in a hash, with punctuation spelled
/// `$LT$` or `..`.
///
/// The hash is omitted in every mode, because it distinguishes builds, not functions.
final class RustLegacyDemangler {

    private static final int HASH_LENGTH = 17;
    private static final int FEWEST_DIGITS = 5;

    private final Mangled in;
    private final Output out;

    RustLegacyDemangler(Mangled in, Output out) {
        this.in = in;
        this.out = out;
    }

    /// Reads the name from the `N` on. If it has another scheme, the input is moved back to where it
    /// was.
    boolean demangle() {
        int start = in.at();
        if (in.look() != 'N' || !Mangled.isDigit(in.look(1)) || !endsInHash()) {
            in.moveTo(start);
            return false;
        }
        int end = in.at();
        in.moveTo(start + 1);
        print();
        in.moveTo(end);
        return true;
    }

    /// Skips the identifiers and the `E`. Does not mark a failure, because C++ is tried next.
    private boolean endsInHash() {
        in.take('N');
        int first = in.at();
        int last = first;
        int lastLength = 0;
        while (in.looksAtDigit()) {
            lastLength = identifierLength();
            if (lastLength == 0) {
                return false;
            }
            last = in.at();
            in.skip(lastLength);
        }
        boolean alone = in.at() - first <= HASH_LENGTH + 2;
        return !alone && in.take('E') && (in.atEnd() || in.look() == '.') && lastLength == HASH_LENGTH && isHash(last);
    }

    /// Returns the length of an identifier; 0 if it does not end within the input.
    private int identifierLength() {
        int length = 0;
        while (in.looksAtDigit()) {
            length = length * 10 + (in.look() - '0');
            in.skip(1);
            if (length > in.end() - in.at()) {
                return 0;
            }
        }
        return length;
    }

    /// Returns true for `h` and 16 hex digits, of which some differ: C++ may really have the name
    /// `h0000000000000000`.
    private boolean isHash(int at) {
        byte[] text = in.text();
        if (text[at] != 'h') {
            return false;
        }
        int seen = 0;
        for (int i = at + 1; i < at + HASH_LENGTH; i++) {
            int digit = Character.digit(text[i], 16);
            if (digit < 0 || (text[i] >= 'A' && text[i] <= 'F')) {
                return false;
            }
            seen |= 1 << digit;
        }
        return Integer.bitCount(seen) >= FEWEST_DIGITS;
    }

    private void print() {
        boolean first = true;
        while (true) {
            int length = identifierLength();
            int from = in.at();
            in.skip(length);
            if (in.look() == 'E') {
                return;
            }
            if (!first) {
                out.append("::");
            }
            first = false;
            identifier(in.text(), from, from + length);
        }
    }

    private void identifier(byte[] text, int from, int to) {
        int at = to - from > 1 && text[from] == '_' && text[from + 1] == '$' ? from + 1 : from;
        while (at < to) {
            if (text[at] == '.' && at + 1 < to && text[at + 1] == '.') {
                out.append("::");
                at += 2;
            } else if (text[at] == '$') {
                at = escape(text, at, to);
            } else {
                out.append(text, at, 1);
                at++;
            }
        }
    }

    /// Prints one `$…$`. Text that is no escape is printed unchanged.
    ///
    /// @return its end
    private int escape(byte[] text, int at, int to) {
        int close = at + 1;
        while (close < to && text[close] != '$') {
            close++;
        }
        int character = close < to ? escaped(text, at + 1, close) : -1;
        if (character < 0) {
            out.append('$');
            return at + 1;
        }
        out.appendCodePoint(character);
        return close + 1;
    }

    private static int escaped(byte[] text, int from, int to) {
        int length = to - from;
        if (length == 1 && text[from] == 'C') {
            return ',';
        }
        if (length > 1 && text[from] == 'u') {
            return hex(text, from + 1, to);
        }
        if (length != 2) {
            return -1;
        }
        return switch (text[from] << 8 | text[from + 1]) {
            case 'S' << 8 | 'P' -> '@';
            case 'B' << 8 | 'P' -> '*';
            case 'R' << 8 | 'F' -> '&';
            case 'L' << 8 | 'T' -> '<';
            case 'G' << 8 | 'T' -> '>';
            case 'L' << 8 | 'P' -> '(';
            case 'R' << 8 | 'P' -> ')';
            default -> -1;
        };
    }

    private static int hex(byte[] text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(text[i], 16);
            value = value << 4 | digit;
            if (digit < 0 || !Character.isValidCodePoint(value)) {
                return -1;
            }
        }
        return Character.isISOControl(value) || Character.getType(value) == Character.SURROGATE ? -1 : value;
    }
}
