package dev.stackmapd.elfcore.demangle;

/// Parses `<expression>` (Itanium C++ ABI 5.1.6).
final class ExpressionParser {

    private static final int SIZEOF_PACK = Text.of("sizeof...");
    private static final int SIZEOF_PACK_OF = Text.of("sizeof... ");

    private final ItaniumParser parser;
    private final Mangled in;
    private final Nodes nodes;

    ExpressionParser(ItaniumParser parser) {
        this.parser = parser;
        in = parser.in;
        nodes = parser.nodes;
    }

    int expression() {
        if (!parser.budget.enter()) {
            return parser.fail();
        }
        boolean global = in.take('g', 's');
        int operator = Operators.take(in);
        int expression = operator == Operators.NONE ? other(global) : operation(operator, global);
        parser.budget.leave();
        return expression;
    }

    /// Reads an expression after `requires`, which may have parameters of any level.
    int constraint() {
        boolean outer = parser.parametersByNumber;
        parser.parametersByNumber = true;
        int constraint = expression();
        parser.parametersByNumber = outer;
        return constraint;
    }

    private int operation(int operator, boolean global) {
        int precedence = Operators.precedence(operator);
        return switch (Operators.form(operator)) {
            case BINARY -> binary(NodeKind.BINARY, operator, precedence);
            case MEMBER -> binary(NodeKind.MEMBER, operator, precedence);
            case PREFIX -> nodes.addRanked(NodeKind.PREFIX, precedence, operator, expression(), 0);
            case POSTFIX -> postfix(operator, precedence);
            case SUBSCRIPT -> subscript(precedence);
            case CONDITIONAL -> conditional(precedence);
            case NEW -> allocation(operator, global);
            case DELETE -> deletion(operator, global);
            case CALL -> nodes.addRanked(NodeKind.CALL, precedence, expression(), expressionsUntil('E'), 0);
            case CAST_OPERATOR -> conversion(precedence);
            case NAMED_CAST -> cast(operator, precedence);
            case OF_TYPE ->
                nodes.addRanked(NodeKind.ENCLOSED, precedence, Operators.symbolText(operator), parser.types.type(), 0);
            case OF_EXPRESSION ->
                nodes.addRanked(NodeKind.ENCLOSED, precedence, Operators.symbolText(operator), expression(), 0);
            case NAME_ONLY -> parser.fail();
        };
    }

    private int binary(int kind, int operator, int precedence) {
        int left = expression();
        int right = expression();
        return nodes.addRanked(kind, precedence, operator, left, right);
    }

    private int postfix(int operator, int precedence) {
        if (in.take('_')) {
            return nodes.addRanked(NodeKind.PREFIX, precedence, operator, expression(), 0);
        }
        return nodes.addRanked(NodeKind.POSTFIX, precedence, operator, expression(), 0);
    }

    private int subscript(int precedence) {
        int array = expression();
        return nodes.addRanked(NodeKind.SUBSCRIPT, precedence, array, expression(), 0);
    }

    private int conditional(int precedence) {
        int condition = expression();
        int then = expression();
        return nodes.addRanked(NodeKind.CONDITIONAL, precedence, condition, then, expression());
    }

    private int cast(int operator, int precedence) {
        int type = parser.types.type();
        return nodes.addRanked(NodeKind.CAST, precedence, Operators.symbolText(operator), type, expression());
    }

    /// Reads `cv <type> <expression> | cv <type> _ <expression>* E`
    private int conversion(int precedence) {
        boolean outer = parser.templateArgumentsFollowTypes;
        parser.templateArgumentsFollowTypes = false;
        int type = parser.types.type();
        parser.templateArgumentsFollowTypes = outer;
        int begin = nodes.beginList();
        int operands;
        if (in.take('_')) {
            operands = expressionsUntil('E');
        } else {
            nodes.push(expression());
            operands = nodes.endList(begin);
        }
        return nodes.addRanked(NodeKind.CONVERSION, precedence, type, operands, 0);
    }

    private int expressionsUntil(char end) {
        int begin = nodes.beginList();
        while (in.ok() && !in.take(end)) {
            nodes.push(expression());
        }
        return nodes.endList(begin);
    }

    /// Reads `[gs] nw <placement>* _ <type> (E | pi <expression>* E)`
    private int allocation(int operator, boolean global) {
        int placement = expressionsUntil('_');
        int type = parser.types.type();
        boolean initialized = in.take('p', 'i');
        int initializer = initialized ? expressionsUntil('E') : Nodes.EMPTY_LIST;
        if (!initialized) {
            in.require('E');
        }
        return nodes.add(
                NodeKind.NEW, Shape.PLAIN, Precedence.UNARY, placement, type, initializer, flags(operator, global));
    }

    private int deletion(int operator, boolean global) {
        return nodes.addRanked(NodeKind.DELETE, Precedence.UNARY, expression(), flags(operator, global), 0);
    }

    private static int flags(int operator, boolean global) {
        return (global ? NodeKind.FLAG_GLOBAL : 0) | (Operators.isOfArray(operator) ? NodeKind.FLAG_ARRAY : 0);
    }

    private int other(boolean global) {
        int first = in.look();
        int second = in.look(1);
        return switch (first) {
            case 'L' -> parser.literals.literal();
            case 'T' -> parser.templates.parameter();
            case 'f' -> second == 'p' || (second == 'L' && Mangled.isDigit(in.look(2))) ? functionParameter() : fold();
            case 'i' -> in.take('i', 'l') ? initializer(Nodes.NONE) : parser.fail();
            case 'm' -> in.take('m', 'c') ? memberConversion() : parser.fail();
            case 't' -> afterT();
            case 's' -> afterS(global);
            case 'u' -> vendor();
            case 'r' -> requirements();
            default -> parser.unresolvedNames.name(global);
        };
    }

    private int afterT() {
        if (in.take('t', 'l')) {
            return initializer(parser.types.type());
        }
        if (in.take('t', 'r')) {
            return parser.text(Text.THROW);
        }
        return in.take('t', 'w') ? nodes.add(NodeKind.THROW, expression(), 0) : parser.fail();
    }

    private int afterS(boolean global) {
        return switch (in.look(1)) {
            case 'o' -> subobject();
            case 'p' -> {
                in.skip(2);
                yield nodes.add(NodeKind.EXPANSION, expression(), 0);
            }
            case 'Z' -> sizeofPack();
            case 'P' -> {
                in.skip(2);
                int arguments = parser.templates.argumentList();
                yield nodes.addRanked(NodeKind.CALL, Precedence.POSTFIX, parser.text(SIZEOF_PACK), arguments, 0);
            }
            default -> parser.unresolvedNames.name(global);
        };
    }

    private int sizeofPack() {
        in.skip(2);
        if (in.look() == 'T') {
            return nodes.add(NodeKind.SIZEOF_PACK, parser.templates.parameter(), 0);
        }
        return nodes.add(NodeKind.ENCLOSED, SIZEOF_PACK_OF, functionParameter());
    }

    /// Reads `fpT | fp <qualifiers> [<number>] _ | fL <level> p <qualifiers> [<number>] _`
    private int functionParameter() {
        if (in.take("fpT")) {
            return parser.text(Text.THIS);
        }
        if (in.take('f', 'L')) {
            in.skipDigits();
            in.require('p');
        } else if (!in.take('f', 'p')) {
            return parser.fail();
        }
        parser.qualifiers();
        int from = in.at();
        int digits = in.skipDigits();
        in.require('_');
        return nodes.add(NodeKind.FUNCTION_PARAMETER, from, digits);
    }

    /// Reads `fl <op> <pack> | fr <op> <pack> | fL <op> <init> <pack> | fR <op> <pack> <init>`
    private int fold() {
        in.require('f');
        int sort = in.look();
        if (sort == 0 || "lrLR".indexOf(sort) < 0) {
            return parser.fail();
        }
        in.skip(1);
        int operator = Operators.take(in);
        if (operator == Operators.NONE || !Operators.folds(operator)) {
            return parser.fail();
        }
        int first = expression();
        int second = sort == 'L' || sort == 'R' ? expression() : Nodes.NONE;
        boolean left = sort == 'l' || sort == 'L';
        int pack = sort == 'L' ? second : first;
        int initial = sort == 'L' ? first : second;
        return nodes.add(NodeKind.FOLD, operator, pack, initial, left ? 1 : 0);
    }

    private int initializer(int type) {
        int begin = nodes.beginList();
        while (in.ok() && !in.take('E')) {
            nodes.push(braced());
        }
        return nodes.add(NodeKind.INITIALIZER, type, nodes.endList(begin));
    }

    /// Reads `<expression> | di <field> <braced> | dx <index> <braced> | dX <first> <last> <braced>`
    private int braced() {
        if (!parser.budget.enter()) {
            return parser.fail();
        }
        int node;
        if (in.take('d', 'i')) {
            int field = parser.unqualifiedNames.sourceName();
            node = nodes.add(NodeKind.BRACED, field, braced(), 0, 0);
        } else if (in.take('d', 'x')) {
            int index = expression();
            node = nodes.add(NodeKind.BRACED, index, braced(), 1, 0);
        } else if (in.take('d', 'X')) {
            int first = expression();
            int last = expression();
            node = nodes.add(NodeKind.BRACED_RANGE, first, last, braced(), 0);
        } else {
            node = expression();
        }
        parser.budget.leave();
        return node;
    }

    /// Reads `mc <type> <expression> [<offset>] E`
    private int memberConversion() {
        int type = parser.types.type();
        int operand = expression();
        in.skipNumber();
        in.require('E');
        return nodes.addRanked(NodeKind.MEMBER_CONVERSION, Precedence.UNARY, type, operand, 0);
    }

    /// Reads `so <type> <expression> [<offset>] (_ [<number>])* [p] E`
    private int subobject() {
        in.skip(2);
        int type = parser.types.type();
        int object = expression();
        int from = in.at();
        int length = in.skipNumber();
        while (in.take('_')) {
            in.skipNumber();
        }
        in.take('p');
        in.require('E');
        return nodes.add(NodeKind.SUBOBJECT, object, type, from, length);
    }

    /// Reads `u <source-name> <template-arg>* E`; `__uuidof` has its own form, `t <type>` or `z
    /// <expression>`.
    private int vendor() {
        in.skip(1);
        int from = in.at();
        int name = parser.unqualifiedNames.sourceName();
        int begin = nodes.beginList();
        int arguments;
        if (isUuidOf(from) && in.take('t')) {
            nodes.push(parser.types.type());
            arguments = nodes.endList(begin);
        } else if (isUuidOf(from) && in.take('z')) {
            nodes.push(expression());
            arguments = nodes.endList(begin);
        } else {
            arguments = parser.templates.argumentList();
        }
        return nodes.addRanked(NodeKind.CALL, Precedence.POSTFIX, name, arguments, 0);
    }

    private boolean isUuidOf(int from) {
        String wanted = "8__uuidof";
        if (in.at() - from != wanted.length()) {
            return false;
        }
        for (int i = 0; i < wanted.length(); i++) {
            if (in.text()[from + i] != wanted.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// Reads `rq <requirement>+ E | rQ <type>* _ <requirement>+ E`
    private int requirements() {
        int parameters = Nodes.EMPTY_LIST;
        if (in.take('r', 'Q')) {
            int begin = nodes.beginList();
            while (in.ok() && !in.take('_')) {
                nodes.push(parser.types.type());
            }
            parameters = nodes.endList(begin);
        } else if (!in.take('r', 'q')) {
            return parser.fail();
        }
        int begin = nodes.beginList();
        do {
            nodes.push(requirement());
        } while (in.ok() && !in.take('E'));
        return nodes.add(NodeKind.REQUIRES, parameters, nodes.endList(begin));
    }

    /// Reads `X <expression> [N] [R <concept>] | T <type> | Q <constraint>`
    private int requirement() {
        if (in.take('X')) {
            int expression = expression();
            int noexcept = in.take('N') ? 1 : 0;
            int constraint = in.take('R') ? parser.names.name(parser.elsewhere) : Nodes.NONE;
            return nodes.add(NodeKind.EXPRESSION_REQUIREMENT, expression, constraint, noexcept, 0);
        }
        if (in.take('T')) {
            return nodes.add(NodeKind.TYPE_REQUIREMENT, parser.types.type(), 0);
        }
        return in.take('Q') ? nodes.add(NodeKind.NESTED_REQUIREMENT, constraint(), 0) : parser.fail();
    }
}
