package dev.stackmapd.elfcore.demangle;

/// Parses `<expr-primary>`: literals and references to functions and objects (Itanium C++ ABI 5.1.6.2).
final class LiteralParser {

    private final ItaniumParser parser;
    private final Mangled in;
    private final Nodes nodes;

    LiteralParser(ItaniumParser parser) {
        this.parser = parser;
        in = parser.in;
        nodes = parser.nodes;
    }

    int literal() {
        in.require('L');
        int letter = in.look();
        int suffix = BuiltinTypes.ofLiteral(letter);
        if (suffix != Text.EMPTY) {
            in.skip(1);
            return integer(suffix);
        }
        return switch (letter) {
            case 'b' -> bool();
            case 'f' -> floating(8);
            case 'd' -> floating(16);
            case 'e' -> floating(20);
            case '_', 'Z' -> encoding();
            case 'A' -> string();
            case 'D' -> in.look(1) == 'n' ? nullPointer() : typed();
            case 'U' -> lambda();
            case 'T' -> parser.fail();
            default -> typed();
        };
    }

    private int integer(int suffix) {
        int from = in.at();
        int length = in.skipNumber();
        in.require('E');
        return length == 0 ? parser.fail() : nodes.add(NodeKind.INTEGER_LITERAL, suffix, from, length, 0);
    }

    private int bool() {
        if (in.take("b0E")) {
            return parser.text(Text.FALSE);
        }
        return in.take("b1E") ? parser.text(Text.TRUE) : parser.fail();
    }

    /// Returns the bits of the number, most significant first, in lower-case hex.
    private int floating(int digits) {
        int letter = in.look();
        in.skip(1);
        int from = in.at();
        for (int i = 0; i < digits; i++) {
            int c = in.look();
            if (!Mangled.isDigit(c) && (c < 'a' || c > 'f')) {
                return parser.fail();
            }
            in.skip(1);
        }
        in.require('E');
        return nodes.add(NodeKind.FLOAT_LITERAL, letter, from, digits, 0);
    }

    /// Reads `_Z <encoding> E`; old compilers omit the underscore.
    private int encoding() {
        in.take('_');
        in.require('Z');
        int encoding = parser.encodings.encoding();
        in.require('E');
        return encoding;
    }

    private int string() {
        int type = parser.types.type();
        in.require('E');
        return nodes.add(NodeKind.STRING_LITERAL, type, 0);
    }

    private int nullPointer() {
        in.skip(2);
        in.take('0');
        in.require('E');
        return parser.text(Text.NULLPTR);
    }

    private int lambda() {
        if (!in.take('U', 'l')) {
            return parser.fail();
        }
        int closure = parser.unqualifiedNames.closure();
        in.require('E');
        return nodes.add(NodeKind.LAMBDA, closure, 0);
    }

    /// Reads a value of an enumeration or another named type.
    private int typed() {
        int type = parser.types.type();
        int from = in.at();
        int length = in.skipNumber();
        in.require('E');
        return length == 0 ? parser.fail() : nodes.add(NodeKind.TYPED_LITERAL, type, from, length, 0);
    }
}
