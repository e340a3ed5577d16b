package dev.stackmapd.elfcore.symbols;

import java.util.ArrayList;
import java.util.List;

/// Reads a text line by line and, in a line, field by field. Keeps the warnings.
final class TextLine {
    private static final int MAX_DIGITS = 16;

    private final byte[] text;
    private final List<TextWarning> warnings = new ArrayList<>();
    private int omittedWarnings;
    private int number;
    private int from;
    private int to = -1;
    private int at;
    private long value;
    private int nameFrom;
    private int nameTo;
    private int moduleFrom;
    private int moduleTo;

    TextLine(byte[] text) {
        this.text = text;
    }

    /// Advances to the next line; `false` at the end of the text. A newline at the end begins no further
    /// line.
    boolean next() {
        if (to + 1 >= text.length) {
            return false;
        }
        from = to + 1;
        to = from;
        while (to < text.length && text[to] != '\n') {
            to++;
        }
        at = from;
        number++;
        moduleFrom = 0;
        moduleTo = 0;
        return true;
    }

    /// Reads a hexadecimal number, with or without `0x`, and the blank after it; else warns.
    boolean hex(String what) {
        boolean prefixed = at + 1 < to && text[at] == '0' && (text[at + 1] | 0x20) == 'x';
        int first = prefixed ? at + 2 : at;
        int end = first;
        value = 0;
        while (end < to && Character.digit(text[end], 16) >= 0) {
            value = (value << 4) | Character.digit(text[end++], 16);
        }
        if (end == first || end - first > MAX_DIGITS) {
            return refuse("expected " + what + " of 1 to 16 hexadecimal digits");
        }
        at = end;
        return blank("after " + what);
    }

    /// Returns the number that was read last, unsigned.
    long value() {
        return value;
    }

    /// Reads one byte and the blank after it; else warns and returns 0.
    int letter(String what) {
        if (at == to) {
            refuse("expected " + what);
            return 0;
        }
        int letter = text[at++];
        return blank("after " + what) ? letter : 0;
    }

    /// Takes the rest of the line as the name; else warns.
    boolean nameToEnd() {
        nameFrom = at;
        nameTo = to;
        return nameFrom < nameTo || refuse("expected a name");
    }

    /// Takes the name up to a tab, and after that a module in brackets; else warns.
    boolean nameAndModule() {
        nameFrom = at;
        while (at < to && text[at] != '\t') {
            at++;
        }
        nameTo = at;
        if (nameFrom == nameTo) {
            return refuse("expected a name");
        }
        if (at == to) {
            return true;
        }
        moduleFrom = at + 2;
        moduleTo = to - 1;
        boolean bracketed = moduleFrom < moduleTo && text[at + 1] == '[' && text[moduleTo] == ']';
        return bracketed || refuse("expected a module in brackets");
    }

    int nameFrom() {
        return nameFrom;
    }

    int nameTo() {
        return nameTo;
    }

    int moduleFrom() {
        return moduleFrom;
    }

    int moduleTo() {
        return moduleTo;
    }

    /// Adds a warning about the next byte.
    ///
    /// @return false
    boolean refuse(String detail) {
        if (warnings.size() < ParsedText.MAX_WARNINGS) {
            warnings.add(new TextWarning(number, at - from + 1, detail));
        } else {
            omittedWarnings++;
        }
        return false;
    }

    ParsedText parsed(TextSymbolTable symbols) {
        return new ParsedText(symbols, warnings, omittedWarnings);
    }

    private boolean blank(String where) {
        if (at == to || text[at] != ' ') {
            return refuse("expected a blank " + where);
        }
        at++;
        return true;
    }
}
