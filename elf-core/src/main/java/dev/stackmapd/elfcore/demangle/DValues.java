package dev.stackmapd.elfcore.demangle;

/// Reads and prints `Value` of the D ABI: the values of template arguments.
final class DValues {

    private final Mangled in;
    private final Output out;
    private final DDemangler names;

    DValues(Mangled in, Output out, DDemangler names) {
        this.in = in;
        this.out = out;
        this.names = names;
    }

    /// Reads `<type> <value>`; the type determines the encoding of the value, and is shown only for
    /// structures.
    void typed() {
        int letter = typeLetter();
        int before = out.length();
        names.types().type();
        value(letter, before);
    }

    private int typeLetter() {
        int here = in.at();
        int letter = in.look();
        if (letter == 'Q') {
            int target = names.backReference();
            letter = target < 0 ? in.fail() : in.text()[target];
        }
        in.moveTo(here);
        return letter;
    }

    /// @param type the first letter of the type, 0 if it is not known
    /// @param typeText where the name of the type begins in the output; it ends there
    private void value(int type, int typeText) {
        int letter = in.look();
        if (letter != 'S') {
            out.cutTo(typeText);
        }
        if (Mangled.isDigit(letter)) {
            integer(type);
            return;
        }
        in.skip(in.atEnd() ? 0 : 1);
        switch (letter) {
            case 'n' -> out.append("null");
            case 'N' -> {
                out.append('-');
                integer(type);
            }
            case 'i' -> integer(type);
            case 'e' -> real();
            case 'c' -> {
                real();
                out.append('+');
                in.require('c');
                real();
                out.append('i');
            }
            case 'a', 'w', 'd' -> string(letter);
            case 'A' -> array(type);
            case 'S' -> values('(', ')');
            case 'f' -> {
                in.require('_');
                in.require('D');
                names.mangled();
            }
            default -> in.fail();
        }
    }

    private void nested() {
        if (names.enter()) {
            value(0, out.length());
            names.leave();
        }
    }

    private void integer(int type) {
        int from = in.at();
        int digits = in.skipDigits();
        if (digits == 0 || digits > 20) {
            in.fail();
            return;
        }
        switch (type) {
            case 'a', 'u', 'w' -> character(type, from);
            case 'b' -> out.append(in.text()[from] == '0' ? "false" : "true");
            default -> {
                out.append(in.text(), from, digits);
                out.append(
                        switch (type) {
                            case 'h', 't', 'k' -> "u";
                            case 'l' -> "L";
                            case 'm' -> "uL";
                            default -> "";
                        });
            }
        }
    }

    private void character(int type, int from) {
        int here = in.at();
        in.moveTo(from);
        int value = in.number();
        in.moveTo(here);
        out.append('\'');
        if (type == 'a' && value >= ' ' && value < 0x7f) {
            out.append((char) value);
        } else {
            out.append(
                    switch (type) {
                        case 'a' -> "\\x%02x".formatted(value);
                        case 'u' -> "\\u%04x".formatted(value);
                        default -> "\\U%08x".formatted(value);
                    });
        }
        out.append('\'');
    }

    /// Reads `NAN | [N] INF | [N] <hex digits> P [N] <exponent>`
    private void real() {
        if (in.take("NAN")) {
            out.append("NaN");
            return;
        }
        out.append(in.take('N') ? "-" : "");
        if (in.take("INF")) {
            out.append("Inf");
            return;
        }
        int from = in.at();
        int digits = skipHex();
        if (digits == 0) {
            in.fail();
            return;
        }
        out.append("0x");
        out.append(in.text(), from, 1);
        out.append('.');
        out.append(in.text(), from + 1, digits - 1);
        in.require('P');
        out.append('p');
        out.append(in.take('N') ? "-" : "");
        int exponent = in.at();
        out.append(in.text(), exponent, in.skipDigits());
    }

    private int skipHex() {
        int from = in.at();
        while (Character.digit(in.look(), 16) >= 0) {
            in.skip(1);
        }
        return in.at() - from;
    }

    /// Reads `<length> _ <hex digits>`
    private void string(int letter) {
        int length = in.number();
        in.require('_');
        if (length > (in.end() - in.at()) / 2) {
            in.fail();
            return;
        }
        out.append('"');
        for (int i = 0; i < length; i++) {
            int high = Character.digit(in.look(), 16);
            int low = Character.digit(in.look(1), 16);
            if (high < 0 || low < 0) {
                in.fail();
                return;
            }
            in.skip(2);
            unit(high << 4 | low);
        }
        out.append('"');
        if (letter != 'a') {
            out.append((char) letter);
        }
    }

    private void unit(int unit) {
        switch (unit) {
            case '\t' -> out.append("\\t");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\f' -> out.append("\\f");
            case 0x0b -> out.append("\\v");
            default -> {
                if (unit >= ' ' && unit < 0x7f) {
                    out.append((char) unit);
                } else {
                    out.append("\\x%02x".formatted(unit));
                }
            }
        }
    }

    private void array(int type) {
        if (type != 'H') {
            values('[', ']');
            return;
        }
        int count = in.number();
        out.append('[');
        for (int i = 0; i < count && in.ok(); i++) {
            out.append(i > 0 ? ", " : "");
            nested();
            out.append(':');
            nested();
        }
        out.append(']');
    }

    private void values(char open, char close) {
        int count = in.number();
        out.append(open);
        for (int i = 0; i < count && in.ok(); i++) {
            out.append(i > 0 ? ", " : "");
            nested();
        }
        out.append(close);
    }
}
