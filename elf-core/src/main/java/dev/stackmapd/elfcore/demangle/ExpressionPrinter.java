package dev.stackmapd.elfcore.demangle;

/// Prints expressions and literals. They have no right half.
final class ExpressionPrinter {

    private static final int LONGEST_SUFFIX = 3;

    private final ItaniumPrinter printer;
    private final Nodes nodes;
    private final Output out;

    ExpressionPrinter(ItaniumPrinter printer) {
        this.printer = printer;
        nodes = printer.nodes;
        out = printer.out;
    }

    void print(int node, int kind) {
        int a = nodes.a(node);
        int b = nodes.b(node);
        int c = nodes.c(node);
        switch (kind) {
            case NodeKind.BINARY -> binary(node);
            case NodeKind.PREFIX -> {
                out.append(Operators.symbol(a));
                printer.operand(b, nodes.precedence(node));
            }
            case NodeKind.POSTFIX -> {
                printer.operand(b, nodes.precedence(node) + 1);
                out.append(Operators.symbol(a));
            }
            case NodeKind.MEMBER -> {
                printer.operand(b, nodes.precedence(node) + 1);
                out.append(Operators.symbol(a));
                printer.operand(c, nodes.precedence(node));
            }
            case NodeKind.SUBSCRIPT -> {
                printer.operand(a, nodes.precedence(node));
                enclosed('[', b, ']');
            }
            case NodeKind.CONDITIONAL -> {
                printer.operand(a, nodes.precedence(node));
                out.append(" ? ");
                printer.operand(b, Precedence.ANY);
                out.append(" : ");
                printer.operand(c, Precedence.ASSIGN + 1);
            }
            case NodeKind.ENCLOSED -> {
                printer.text(a);
                printer.open('(');
                printer.print(b);
                printer.close(')');
            }
            case NodeKind.CAST -> {
                printer.text(a);
                printer.angled(b);
                enclosed('(', c, ')');
            }
            case NodeKind.CONVERSION -> {
                inParentheses(a);
                parenthesized(b);
            }
            case NodeKind.CALL -> {
                printer.print(a);
                parenthesized(b);
            }
            case NodeKind.TYPED_LITERAL -> {
                inParentheses(a);
                printer.number(b, c);
            }
            case NodeKind.INTEGER_LITERAL -> integer(a, b, c);
            default -> lessCommon(node, kind, a, b, c);
        }
    }

    private void lessCommon(int node, int kind, int a, int b, int c) {
        switch (kind) {
            case NodeKind.NEW -> allocation(node);
            case NodeKind.DELETE -> {
                out.append((b & NodeKind.FLAG_GLOBAL) != 0 ? "::delete" : "delete");
                out.append((b & NodeKind.FLAG_ARRAY) != 0 ? "[] " : " ");
                printer.print(a);
            }
            case NodeKind.FUNCTION_PARAMETER -> {
                out.append("fp");
                printer.piece(a, b);
            }
            case NodeKind.SIZEOF_PACK -> {
                out.append("sizeof...");
                packInParentheses(a);
            }
            case NodeKind.INITIALIZER -> {
                if (a != Nodes.NONE) {
                    printer.print(a);
                }
                printer.open('{');
                printer.list(b);
                printer.close('}');
            }
            case NodeKind.BRACED -> braced(a, b, c);
            case NodeKind.BRACED_RANGE -> {
                out.append('[');
                printer.print(a);
                out.append(" ... ");
                printer.print(b);
                out.append(']');
                bracedValue(c);
            }
            case NodeKind.FOLD -> fold(node);
            case NodeKind.THROW -> {
                out.append("throw ");
                printer.print(a);
            }
            case NodeKind.STRING_LITERAL -> {
                out.append("\"<");
                printer.print(a);
                out.append(">\"");
            }
            case NodeKind.LAMBDA -> {
                out.append("[]");
                printer.closure(a);
                out.append("{...}");
            }
            case NodeKind.FLOAT_LITERAL -> out.append(FloatLiteral.text(a, printer.in.text(), b, c));
            default -> rare(node, kind, a, b, c);
        }
    }

    private void rare(int node, int kind, int a, int b, int c) {
        switch (kind) {
            case NodeKind.SUBOBJECT -> {
                printer.print(a);
                out.append(".<");
                printer.print(b);
                out.append(" at offset ");
                if (nodes.d(node) == 0) {
                    out.append('0');
                } else {
                    printer.number(c, nodes.d(node));
                }
                out.append('>');
            }
            case NodeKind.MEMBER_CONVERSION -> {
                inParentheses(a);
                inParentheses(b);
            }
            case NodeKind.REQUIRES -> requires(a, b);
            case NodeKind.EXPRESSION_REQUIREMENT -> expressionRequirement(a, b, c);
            case NodeKind.TYPE_REQUIREMENT -> {
                out.append(" typename ");
                printer.print(a);
                out.append(';');
            }
            case NodeKind.NESTED_REQUIREMENT -> {
                out.append(" requires ");
                printer.print(a);
                out.append(';');
            }
            default -> throw new IllegalStateException("no expression: kind " + kind);
        }
    }

    private void inParentheses(int node) {
        printer.open('(');
        printer.print(node);
        printer.close(')');
    }

    private void enclosed(char open, int node, char close) {
        printer.open(open);
        printer.operand(node, Precedence.ANY);
        printer.close(close);
    }

    private void parenthesized(int list) {
        printer.open('(');
        printer.list(list);
        printer.close(')');
    }

    private void binary(int node) {
        int operator = nodes.a(node);
        int precedence = nodes.precedence(node);
        boolean assigns = precedence == Precedence.ASSIGN;
        boolean shielded =
                printer.angleWouldClose() && (Operators.is(operator, '>') || Operators.isShiftRight(operator));
        if (shielded) {
            printer.open('(');
        }
        printer.operand(nodes.b(node), assigns ? Precedence.OR_IF : precedence + 1);
        if (!Operators.is(operator, ',')) {
            out.append(' ');
        }
        out.append(Operators.symbol(operator));
        out.append(' ');
        printer.operand(nodes.c(node), assigns ? precedence + 1 : precedence);
        if (shielded) {
            printer.close(')');
        }
    }

    private void integer(int type, int at, int length) {
        byte[] text = Text.bytes(type);
        if (text.length > LONGEST_SUFFIX) {
            printer.open('(');
            out.append(text);
            printer.close(')');
            printer.number(at, length);
        } else {
            printer.number(at, length);
            out.append(text);
        }
    }

    private void allocation(int node) {
        int flags = nodes.d(node);
        out.append((flags & NodeKind.FLAG_GLOBAL) != 0 ? "::new" : "new");
        if ((flags & NodeKind.FLAG_ARRAY) != 0) {
            out.append("[]");
        }
        if (nodes.a(node) != Nodes.EMPTY_LIST) {
            parenthesized(nodes.a(node));
        }
        out.append(' ');
        printer.print(nodes.b(node));
        if (nodes.c(node) != Nodes.EMPTY_LIST) {
            parenthesized(nodes.c(node));
        }
    }

    private void braced(int member, int value, int isIndex) {
        if (isIndex != 0) {
            out.append('[');
            printer.print(member);
            out.append(']');
        } else {
            out.append('.');
            printer.print(member);
        }
        bracedValue(value);
    }

    private void bracedValue(int value) {
        int kind = nodes.kind(value);
        if (kind != NodeKind.BRACED && kind != NodeKind.BRACED_RANGE) {
            out.append(" = ");
        }
        printer.print(value);
    }

    private void packInParentheses(int pack) {
        printer.open('(');
        printer.expand(pack);
        printer.close(')');
    }

    /// Prints `(pack op ...)`, `(... op pack)`, `(pack op ... op init)` or `(init op ... op pack)`.
    private void fold(int node) {
        int pack = nodes.b(node);
        int initial = nodes.c(node);
        boolean left = nodes.d(node) != 0;
        printer.open('(');
        if (!left || initial != Nodes.NONE) {
            foldOperand(left ? initial : Nodes.NONE, pack);
            spaced(nodes.a(node));
        }
        out.append("...");
        if (left || initial != Nodes.NONE) {
            spaced(nodes.a(node));
            foldOperand(left ? Nodes.NONE : initial, pack);
        }
        printer.close(')');
    }

    private void foldOperand(int initial, int pack) {
        if (initial == Nodes.NONE) {
            packInParentheses(pack);
        } else {
            printer.operand(initial, Precedence.CAST + 1);
        }
    }

    private void spaced(int operator) {
        out.append(' ');
        out.append(Operators.symbol(operator));
        out.append(' ');
    }

    private void requires(int parameters, int requirements) {
        out.append("requires");
        if (parameters != Nodes.EMPTY_LIST) {
            out.append(' ');
            parenthesized(parameters);
        }
        out.append(' ');
        printer.open('{');
        for (int i = 0; i < nodes.count(requirements); i++) {
            printer.print(nodes.item(requirements, i));
        }
        out.append(' ');
        printer.close('}');
    }

    private void expressionRequirement(int expression, int constraint, int noexcept) {
        out.append(' ');
        boolean compound = noexcept != 0 || constraint != Nodes.NONE;
        if (compound) {
            printer.open('{');
        }
        printer.print(expression);
        if (compound) {
            printer.close('}');
        }
        if (noexcept != 0) {
            out.append(" noexcept");
        }
        if (constraint != Nodes.NONE) {
            out.append(" -> ");
            printer.print(constraint);
        }
        out.append(';');
    }
}
