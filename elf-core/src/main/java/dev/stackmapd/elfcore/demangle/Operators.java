package dev.stackmapd.elfcore.demangle;

import java.util.ArrayList;
import java.util.List;

/// The two-letter operator codes (Itanium C++ ABI 5.1.3 `<operator-name>` and 5.1.6 `<expression>`).
///
/// An operator is an index; 0 is no operator.
final class Operators {

    static final int NONE = 0;

    /// The syntax of an operator in an expression.
    enum Syntax {
        BINARY,
        PREFIX,
        /// Postfix, or prefix when an underscore follows the code.
        POSTFIX,
        SUBSCRIPT,
        MEMBER,
        NEW,
        DELETE,
        CALL,
        CAST_OPERATOR,
        CONDITIONAL,
        NAMED_CAST,
        OF_TYPE,
        OF_EXPRESSION,
        /// This occurs only as the name of a function.
        NAME_ONLY
    }

    private record Operator(Syntax form, int precedence, int symbol, int name) {}

    private static final int LETTERS = 128;
    private static final byte[] BY_CODE = new byte[LETTERS * LETTERS];
    private static final List<Operator> ALL = new ArrayList<>();

    static {
        ALL.add(new Operator(Syntax.NAME_ONLY, Precedence.PRIMARY, Text.EMPTY, Text.EMPTY));
        binary("aN", Precedence.ASSIGN, "&=");
        binary("aS", Precedence.ASSIGN, "=");
        binary("aa", Precedence.AND_IF, "&&");
        binary("an", Precedence.AND, "&");
        binary("cm", Precedence.COMMA, ",");
        binary("dV", Precedence.ASSIGN, "/=");
        binary("dv", Precedence.MULTIPLICATIVE, "/");
        binary("eO", Precedence.ASSIGN, "^=");
        binary("eo", Precedence.XOR, "^");
        binary("eq", Precedence.EQUALITY, "==");
        binary("ge", Precedence.RELATIONAL, ">=");
        binary("gt", Precedence.RELATIONAL, ">");
        binary("lS", Precedence.ASSIGN, "<<=");
        binary("le", Precedence.RELATIONAL, "<=");
        binary("ls", Precedence.SHIFT, "<<");
        binary("lt", Precedence.RELATIONAL, "<");
        binary("mI", Precedence.ASSIGN, "-=");
        binary("mL", Precedence.ASSIGN, "*=");
        binary("mi", Precedence.ADDITIVE, "-");
        binary("ml", Precedence.MULTIPLICATIVE, "*");
        binary("ne", Precedence.EQUALITY, "!=");
        binary("oR", Precedence.ASSIGN, "|=");
        binary("oo", Precedence.OR_IF, "||");
        binary("or", Precedence.OR, "|");
        binary("pL", Precedence.ASSIGN, "+=");
        binary("pl", Precedence.ADDITIVE, "+");
        binary("rM", Precedence.ASSIGN, "%=");
        binary("rS", Precedence.ASSIGN, ">>=");
        binary("rm", Precedence.MULTIPLICATIVE, "%");
        binary("rs", Precedence.SHIFT, ">>");
        binary("ss", Precedence.SPACESHIP, "<=>");
        named("ad", Syntax.PREFIX, Precedence.UNARY, "&");
        named("co", Syntax.PREFIX, Precedence.UNARY, "~");
        named("de", Syntax.PREFIX, Precedence.UNARY, "*");
        named("ng", Syntax.PREFIX, Precedence.UNARY, "-");
        named("nt", Syntax.PREFIX, Precedence.UNARY, "!");
        named("ps", Syntax.PREFIX, Precedence.UNARY, "+");
        named("mm", Syntax.POSTFIX, Precedence.POSTFIX, "--");
        named("pp", Syntax.POSTFIX, Precedence.POSTFIX, "++");
        named("ix", Syntax.SUBSCRIPT, Precedence.POSTFIX, "[]");
        named("pm", Syntax.MEMBER, Precedence.MEMBER_POINTER, "->*");
        named("pt", Syntax.MEMBER, Precedence.POSTFIX, "->");
        named("cl", Syntax.CALL, Precedence.POSTFIX, "()");
        named("qu", Syntax.CONDITIONAL, Precedence.CONDITIONAL, "?");
        named("cv", Syntax.CAST_OPERATOR, Precedence.CAST, "");
        worded("aw", Syntax.NAME_ONLY, "co_await");
        worded("da", Syntax.DELETE, "delete[]");
        worded("dl", Syntax.DELETE, "delete");
        worded("na", Syntax.NEW, "new[]");
        worded("nw", Syntax.NEW, "new");
        nameless("ds", Syntax.MEMBER, Precedence.MEMBER_POINTER, ".*");
        nameless("dt", Syntax.MEMBER, Precedence.POSTFIX, ".");
        nameless("cc", Syntax.NAMED_CAST, Precedence.POSTFIX, "const_cast");
        nameless("dc", Syntax.NAMED_CAST, Precedence.POSTFIX, "dynamic_cast");
        nameless("rc", Syntax.NAMED_CAST, Precedence.POSTFIX, "reinterpret_cast");
        nameless("sc", Syntax.NAMED_CAST, Precedence.POSTFIX, "static_cast");
        nameless("at", Syntax.OF_TYPE, Precedence.UNARY, "alignof ");
        nameless("st", Syntax.OF_TYPE, Precedence.UNARY, "sizeof ");
        nameless("ti", Syntax.OF_TYPE, Precedence.POSTFIX, "typeid ");
        nameless("az", Syntax.OF_EXPRESSION, Precedence.UNARY, "alignof ");
        nameless("nx", Syntax.OF_EXPRESSION, Precedence.UNARY, "noexcept ");
        nameless("sz", Syntax.OF_EXPRESSION, Precedence.UNARY, "sizeof ");
        nameless("te", Syntax.OF_EXPRESSION, Precedence.POSTFIX, "typeid ");
    }

    private Operators() {}

    private static void binary(String code, int precedence, String symbol) {
        named(code, Syntax.BINARY, precedence, symbol);
    }

    private static void named(String code, Syntax form, int precedence, String symbol) {
        add(code, new Operator(form, precedence, Text.of(symbol), Text.of("operator" + symbol)));
    }

    private static void worded(String code, Syntax form, String word) {
        add(code, new Operator(form, Precedence.UNARY, Text.of(word), Text.of("operator " + word)));
    }

    private static void nameless(String code, Syntax form, int precedence, String symbol) {
        add(code, new Operator(form, precedence, Text.of(symbol), Text.EMPTY));
    }

    private static void add(String code, Operator operator) {
        BY_CODE[code.charAt(0) * LETTERS + code.charAt(1)] = (byte) ALL.size();
        ALL.add(operator);
    }

    /// Takes an operator code, if one is next.
    static int take(Mangled in) {
        int first = in.look();
        int second = in.look(1);
        if (first <= 0 || second <= 0) {
            return NONE;
        }
        int operator = BY_CODE[first * LETTERS + second];
        if (operator != NONE) {
            in.skip(2);
        }
        return operator;
    }

    static Syntax form(int operator) {
        return ALL.get(operator).form();
    }

    static int precedence(int operator) {
        return ALL.get(operator).precedence();
    }

    static byte[] symbol(int operator) {
        return Text.bytes(symbolText(operator));
    }

    /// Returns the sign alone, as the index of a text.
    static int symbolText(int operator) {
        return ALL.get(operator).symbol();
    }

    /// Returns the whole name, e.g. `operator+=`, as the index of a text; [Text#EMPTY] if no function
    /// can have it.
    static int name(int operator) {
        return ALL.get(operator).name();
    }

    /// Returns true if a fold expression may have the operator: a binary one, `.*` or `->*`.
    static boolean folds(int operator) {
        return form(operator) == Syntax.BINARY || precedence(operator) == Precedence.MEMBER_POINTER;
    }

    static boolean is(int operator, char symbol) {
        byte[] bytes = symbol(operator);
        return bytes.length == 1 && bytes[0] == symbol;
    }

    static boolean isOfArray(int operator) {
        byte[] bytes = symbol(operator);
        return bytes.length > 0 && bytes[bytes.length - 1] == ']';
    }

    static boolean isShiftRight(int operator) {
        byte[] bytes = symbol(operator);
        return bytes.length == 2 && bytes[0] == '>' && bytes[1] == '>';
    }
}
