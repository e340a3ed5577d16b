package dev.stackmapd.elfcore.demangle;

/// Parses `<type>` (Itanium C++ ABI 5.1.5). Every type but the built-in ones goes into the substitution
/// table.
final class TypeParser {

    private static final int DECLTYPE = Text.of("decltype");
    private static final int STRUCT = Text.of("struct");
    private static final int UNION = Text.of("union");
    private static final int ENUM = Text.of("enum");
    private static final int COMPLEX = Text.of(" complex");
    private static final int IMAGINARY = Text.of(" imaginary");
    private static final int AUTO_AFTER = Text.of(" auto");
    private static final int DECLTYPE_AUTO_AFTER = Text.of(" decltype(auto)");
    private static final int BIT_INT = Text.of("_BitInt");
    private static final int UNSIGNED_BIT_INT = Text.of("unsigned _BitInt");
    private static final int BFLOAT16 = Text.of("std::bfloat16_t");

    private final ItaniumParser parser;
    private final Mangled in;
    private final Nodes nodes;

    TypeParser(ItaniumParser parser) {
        this.parser = parser;
        in = parser.in;
        nodes = parser.nodes;
    }

    int type() {
        if (!parser.budget.enter()) {
            return parser.fail();
        }
        int type = choose();
        parser.budget.leave();
        return type;
    }

    private int choose() {
        int letter = in.look();
        int builtin = BuiltinTypes.named(letter);
        if (builtin != Text.EMPTY) {
            in.skip(1);
            return parser.text(builtin);
        }
        if (letter == 'D') {
            return afterD();
        }
        if (letter == 'S' && in.look(1) != 't') {
            return fromTable();
        }
        return remembered(compound(letter));
    }

    private int remembered(int type) {
        parser.addSubstitution(type);
        return type;
    }

    private int compound(int letter) {
        return switch (letter) {
            case 'r', 'V', 'K' -> isFunction() ? function() : qualified();
            case 'U' -> qualified();
            case 'u' -> vendor();
            case 'F' -> function();
            case 'A' -> array();
            case 'M' -> memberPointer();
            case 'T' -> afterT();
            case 'P' -> pointing(NodeKind.POINTER);
            case 'R' -> pointing(NodeKind.LVALUE_REFERENCE);
            case 'O' -> pointing(NodeKind.RVALUE_REFERENCE);
            case 'C' -> suffixed(COMPLEX);
            case 'G' -> suffixed(IMAGINARY);
            default -> parser.names.name(parser.elsewhere);
        };
    }

    private int pointing(int kind) {
        in.skip(1);
        int pointee = type();
        return nodes.addShaped(kind, Shape.right(nodes.shape(pointee)), pointee, 0);
    }

    private int suffixed(int text) {
        in.skip(1);
        return nodes.add(NodeKind.SUFFIXED, type(), text);
    }

    /// Reads the rest of a type that begins with a name from the substitution table. The name stays
    /// unchanged unless template arguments or a module follow.
    private int fromTable() {
        int known = parser.names.substitution();
        boolean fresh = nodes.kind(known) == NodeKind.MODULE;
        if (fresh) {
            known = parser.unqualifiedNames.name(parser.elsewhere, Nodes.NONE, known);
        }
        if (in.look() == 'I' && (fresh || parser.templateArgumentsFollowTypes)) {
            if (fresh) {
                parser.addSubstitution(known);
            }
            return remembered(parser.templated(known));
        }
        return fresh ? remembered(known) : known;
    }

    private boolean isFunction() {
        int i = 0;
        while (i < 3 && (in.look(i) == 'r' || in.look(i) == 'V' || in.look(i) == 'K')) {
            i++;
        }
        return in.look(i) == 'F' || (in.look(i) == 'D' && isExceptionSpecification(in.look(i + 1)));
    }

    private static boolean isExceptionSpecification(int letter) {
        return letter == 'o' || letter == 'O' || letter == 'w' || letter == 'x';
    }

    private int qualified() {
        if (in.take('U')) {
            return vendorQualified();
        }
        int qualifiers = parser.qualifiers();
        int type = type();
        return qualifiers == 0 ? type : nodes.addShaped(NodeKind.QUALIFIED, nodes.shape(type), type, qualifiers);
    }

    /// Reads `U <source-name> [<template-args>] <type>`
    private int vendorQualified() {
        int length = in.length();
        int from = in.at();
        in.skip(length);
        int arguments = in.look() == 'I' ? parser.templates.arguments(parser.elsewhere) : Nodes.NONE;
        if (!parser.budget.enter()) {
            return parser.fail();
        }
        int type = qualified();
        parser.budget.leave();
        return nodes.add(NodeKind.VENDOR_QUALIFIED, type, from, length, arguments);
    }

    /// Reads `u <source-name> [I <type> E]`
    private int vendor() {
        in.skip(1);
        int length = in.length();
        int name = nodes.add(NodeKind.NAME, in.at(), length);
        in.skip(length);
        if (!in.take('I')) {
            return name;
        }
        int type = type();
        in.require('E');
        return nodes.add(NodeKind.TRANSFORMED, name, type);
    }

    private int afterD() {
        int letter = in.look(1);
        int builtin = BuiltinTypes.afterD(letter);
        if (builtin != Text.EMPTY) {
            in.skip(2);
            return parser.text(builtin);
        }
        return switch (letter) {
            case 'F' -> binaryFloat();
            case 'B', 'U' -> bitInt();
            case 'k', 'K' -> constrainedAuto();
            case 't', 'T' -> remembered(decltype());
            case 'v' -> remembered(vector());
            case 'p' -> remembered(expansion());
            case 'o', 'O', 'w', 'x' -> remembered(function());
            default -> parser.fail();
        };
    }

    /// Reads `DF <bits> _`, `DF16b`
    private int binaryFloat() {
        in.skip(2);
        int from = in.at();
        int digits = in.skipDigits();
        if (digits == 2 && in.take('b')) {
            return parser.text(BFLOAT16);
        }
        int bits = nodes.add(NodeKind.NAME, from, digits);
        in.require('_');
        return nodes.add(NodeKind.BINARY_FLOAT, bits, 0);
    }

    /// Reads `DB <size> _`, `DU <size> _`; the size is a number or an expression.
    private int bitInt() {
        int text = in.look(1) == 'B' ? BIT_INT : UNSIGNED_BIT_INT;
        in.skip(2);
        int size = in.looksAtDigit() ? number() : parser.expressions.expression();
        in.require('_');
        return nodes.add(NodeKind.BIT_INT, text, size);
    }

    private int number() {
        int from = in.at();
        in.skipDigits();
        return parser.pieceSince(from);
    }

    private int constrainedAuto() {
        int text = in.look(1) == 'k' ? AUTO_AFTER : DECLTYPE_AUTO_AFTER;
        in.skip(2);
        return remembered(nodes.add(NodeKind.SUFFIXED, parser.names.name(parser.elsewhere), text));
    }

    /// Reads `Dt <expression> E | DT <expression> E`
    int decltype() {
        in.skip(2);
        int expression = parser.expressions.expression();
        in.require('E');
        return nodes.add(NodeKind.ENCLOSED, DECLTYPE, expression);
    }

    /// Reads `Dv <number> _ <type> | Dv [<expression>] _ <type>`; `p` is AltiVec's pixel.
    private int vector() {
        in.skip(2);
        int size = Nodes.NONE;
        if (in.look() >= '1' && in.look() <= '9') {
            size = number();
            in.require('_');
            if (in.take('p')) {
                return nodes.add(NodeKind.PIXEL_VECTOR, size, 0);
            }
        } else if (!in.take('_')) {
            size = parser.expressions.expression();
            in.require('_');
        }
        return nodes.add(NodeKind.VECTOR, type(), size);
    }

    private int expansion() {
        in.skip(2);
        return nodes.add(NodeKind.EXPANSION, type(), 0);
    }

    /// Reads `[<qualifiers>] [<exception-spec>] [Dx] F [Y] <return type> <type>* [<ref-qualifier>] E`
    private int function() {
        int qualifiers = parser.qualifiers();
        int specification = exceptionSpecification();
        in.take('D', 'x');
        in.require('F');
        in.take('Y');
        int returned = type();
        int begin = nodes.beginList();
        while (in.ok() && !in.take('E')) {
            if (in.take('v')) {
                continue;
            }
            if (in.take('R', 'E')) {
                qualifiers |= NodeKind.LVALUE_REF;
                break;
            }
            if (in.take('O', 'E')) {
                qualifiers |= NodeKind.RVALUE_REF;
                break;
            }
            nodes.push(type());
        }
        int parameters = nodes.endList(begin);
        return nodes.add(
                NodeKind.FUNCTION, Shape.FUNCTION, Precedence.PRIMARY, returned, parameters, qualifiers, specification);
    }

    private int exceptionSpecification() {
        if (in.take('D', 'o')) {
            return parser.text(Text.NOEXCEPT);
        }
        if (in.take('D', 'O')) {
            int condition = parser.expressions.expression();
            in.require('E');
            return nodes.add(NodeKind.NOEXCEPT, condition, 0);
        }
        if (!in.take('D', 'w')) {
            return Nodes.NONE;
        }
        int begin = nodes.beginList();
        while (in.ok() && !in.take('E')) {
            nodes.push(type());
        }
        return nodes.add(NodeKind.THROWS, nodes.endList(begin), 0);
    }

    /// Reads `A <number> _ <type> | A [<expression>] _ <type>`
    private int array() {
        in.skip(1);
        int size = Nodes.NONE;
        if (in.looksAtDigit()) {
            size = number();
            in.require('_');
        } else if (!in.take('_')) {
            size = parser.expressions.expression();
            in.require('_');
        }
        return nodes.addShaped(NodeKind.ARRAY, Shape.ARRAY, type(), size);
    }

    private int memberPointer() {
        in.skip(1);
        int owner = type();
        int member = type();
        return nodes.addShaped(NodeKind.MEMBER_POINTER, Shape.right(nodes.shape(member)), owner, member);
    }

    /// Reads `Ts <name>`, `Tu`, `Te`, or a template parameter with or without arguments.
    private int afterT() {
        int elaborated = switch (in.look(1)) {
            case 's' -> STRUCT;
            case 'u' -> UNION;
            case 'e' -> ENUM;
            default -> Text.EMPTY;
        };
        if (elaborated != Text.EMPTY) {
            in.skip(2);
            return nodes.add(NodeKind.ELABORATED, elaborated, parser.names.name(parser.elsewhere));
        }
        int parameter = parser.templates.parameter();
        if (parser.templateArgumentsFollowTypes && in.look() == 'I') {
            parser.addSubstitution(parameter);
            return parser.templated(parameter);
        }
        return parameter;
    }
}
