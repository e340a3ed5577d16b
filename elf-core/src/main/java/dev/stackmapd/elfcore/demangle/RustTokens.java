package dev.stackmapd.elfcore.demangle;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// Reads numbers, identifiers and basic types of Rust v0.
final class RustTokens {

    /// The greatest number to which one more base-62 digit, and the 2 that tags add, can be added in 64
    /// bits.
    private static final long MOST_BEFORE_DIGIT = Long.divideUnsigned(-1L - 64, 62);

    private final Mangled in;
    private int at;
    private int length;
    private boolean punycode;

    RustTokens(Mangled in) {
        this.in = in;
    }

    /// Returns the name of a one-letter type, or an empty text.
    static String basicType(int letter) {
        return switch (letter) {
            case 'a' -> "i8";
            case 'b' -> "bool";
            case 'c' -> "char";
            case 'd' -> "f64";
            case 'e' -> "str";
            case 'f' -> "f32";
            case 'h' -> "u8";
            case 'i' -> "isize";
            case 'j' -> "usize";
            case 'l' -> "i32";
            case 'm' -> "u32";
            case 'n' -> "i128";
            case 'o' -> "u128";
            case 'p' -> "_";
            case 's' -> "i16";
            case 't' -> "u16";
            case 'u' -> "()";
            case 'v' -> "...";
            case 'x' -> "i64";
            case 'y' -> "u64";
            case 'z' -> "!";
            default -> "";
        };
    }

    /// Reads `<base-62-number>`: `_` is 0, `0_` is 1. Unsigned: hashes of crates take all 64 bits.
    long number() {
        if (in.take('_')) {
            return 0;
        }
        long value = 0;
        while (in.ok() && !in.take('_')) {
            int digit = base62(in.look());
            if (digit < 0 || Long.compareUnsigned(value, MOST_BEFORE_DIGIT) > 0) {
                return in.fail();
            }
            value = value * 62 + digit;
            in.skip(1);
        }
        return value + 1;
    }

    private static int base62(int c) {
        if (Mangled.isDigit(c)) {
            return c - '0';
        }
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 10;
        }
        return c >= 'A' && c <= 'Z' ? c - 'A' + 36 : -1;
    }

    /// Reads an optional number after `tag`. Returns it plus one, or 0 without the tag.
    long optionalNumber(char tag) {
        return in.take(tag) ? number() + 1 : 0;
    }

    /// Reads `<hex digits> _`, without leading zeros.
    String hexDigits() {
        int from = in.at();
        while (Mangled.isDigit(in.look()) || (in.look() >= 'a' && in.look() <= 'f')) {
            in.skip(1);
        }
        int digits = in.at() - from;
        in.require('_');
        boolean padded = digits > 1 && in.text()[from] == '0';
        if (digits == 0 || padded || !in.ok()) {
            in.fail();
            return "";
        }
        return new String(in.text(), from, digits, US_ASCII);
    }

    /// Reads `[u] <length> [_] <bytes>`; the result is kept until the next identifier.
    void identifier() {
        punycode = in.take('u');
        length = 0;
        if (!in.take('0')) {
            length = in.number();
        }
        in.take('_');
        if (length > in.end() - in.at()) {
            in.fail();
        }
        at = in.at();
        if (!in.ok() || !isPlain()) {
            in.fail();
            length = 0;
            return;
        }
        in.skip(length);
    }

    private boolean isPlain() {
        for (int i = at; i < at + length; i++) {
            int c = in.text()[i];
            if (base62(c) < 0 && c != '_') {
                return false;
            }
        }
        return true;
    }

    /// Returns the length of the last identifier, in bytes as mangled.
    int length() {
        return length;
    }

    void print(Output out) {
        if (!punycode) {
            out.append(in.text(), at, length);
        } else if (!Punycode.decode(in.text(), at, length, out)) {
            in.fail();
        }
    }

    /// Prints the last identifier as the name of an ABI, in which an underscore stands for a hyphen.
    void printAbi(Output out) {
        if (punycode) {
            in.fail();
        }
        for (int i = at; i < at + length; i++) {
            int c = in.text()[i];
            out.append(c == '_' ? '-' : (char) c);
        }
    }
}
