package dev.stackmapd.elfcore.demangle;

/// Types, packs and template parameters.
final class TypePrinter {

    /// Forward references can make a ring; honest chains of references are shorter.
    private static final int LONGEST_CHAIN = 64;

    private final ItaniumPrinter printer;
    private final Nodes nodes;
    private final Output out;

    TypePrinter(ItaniumPrinter printer) {
        this.printer = printer;
        nodes = printer.nodes;
        out = printer.out;
    }

    void left(int node, int kind) {
        int a = nodes.a(node);
        int b = nodes.b(node);
        switch (kind) {
            case Kind.QUALIFIED -> {
                printer.left(a);
                qualifiers(out, b);
            }
            case Kind.POINTER -> declaratorLeft(a, "*");
            case Kind.LVALUE_REFERENCE, Kind.RVALUE_REFERENCE -> referenceLeft(node);
            case Kind.MEMBER_POINTER -> memberPointerLeft(a, b);
            case Kind.ARRAY -> printer.left(a);
            case Kind.FUNCTION -> {
                printer.left(a);
                out.append(' ');
            }
            case Kind.PACK -> {
                int element = element(node);
                if (element != Nodes.NONE) {
                    printer.left(element);
                }
            }
            case Kind.ARGUMENT_PACK -> printer.list(a);
            case Kind.EXPANSION -> expansion(a);
            case Kind.FORWARD -> {
                if (enterForward(node)) {
                    printer.left(b);
                    nodes.setC(node, 0);
                }
            }
            case Kind.DECLARED_ARGUMENT -> printer.print(b);
            case Kind.SUFFIXED -> {
                printer.left(a);
                printer.text(b);
            }
            case Kind.VENDOR_QUALIFIED -> vendorQualified(node);
            default -> rare(node, kind, a, b);
        }
    }

    private void rare(int node, int kind, int a, int b) {
        switch (kind) {
            case Kind.VECTOR -> {
                printer.print(a);
                bracketed(" vector[", b, "]");
            }
            case Kind.PIXEL_VECTOR -> bracketed("pixel vector[", a, "]");
            case Kind.ELABORATED -> {
                printer.text(a);
                out.append(' ');
                printer.print(b);
            }
            case Kind.BIT_INT -> {
                printer.text(a);
                printer.open('(');
                printer.operand(b, Precedence.ANY);
                printer.close(')');
            }
            case Kind.BINARY_FLOAT -> {
                out.append("_Float");
                printer.print(a);
            }
            case Kind.TRANSFORMED -> {
                printer.print(a);
                bracketed("(", b, ")");
            }
            case Kind.NOEXCEPT -> {
                out.append("noexcept");
                printer.open('(');
                printer.operand(a, Precedence.ANY);
                printer.close(')');
            }
            case Kind.THROWS -> {
                out.append("throw");
                printer.open('(');
                printer.list(a);
                printer.close(')');
            }
            case Kind.TYPE_PARAMETER -> out.append("typename ");
            case Kind.CONSTRAINED_PARAMETER -> {
                printer.print(a);
                out.append(' ');
            }
            case Kind.VALUE_PARAMETER -> {
                printer.left(b);
                if (!hasRight(b)) {
                    out.append(' ');
                }
            }
            case Kind.TEMPLATE_PARAMETER -> {
                out.append("template");
                printer.angles(b);
                out.append(" typename ");
            }
            case Kind.PACK_PARAMETER -> {
                printer.left(a);
                out.append("...");
            }
            default -> throw new IllegalStateException("no type: kind " + kind + " at " + node);
        }
    }

    void right(int node, int kind) {
        int a = nodes.a(node);
        int b = nodes.b(node);
        switch (kind) {
            case Kind.QUALIFIED, Kind.PACK_PARAMETER -> printer.right(a);
            case Kind.POINTER -> declaratorRight(a);
            case Kind.LVALUE_REFERENCE, Kind.RVALUE_REFERENCE -> declaratorRight(referred(node));
            case Kind.MEMBER_POINTER -> declaratorRight(b);
            case Kind.ARRAY -> arrayRight(a, b);
            case Kind.FUNCTION -> functionRight(node);
            case Kind.PACK -> {
                int element = element(node);
                if (element != Nodes.NONE) {
                    printer.right(element);
                }
            }
            case Kind.FORWARD -> {
                if (enterForward(node)) {
                    printer.right(b);
                    nodes.setC(node, 0);
                }
            }
            case Kind.TYPE_PARAMETER, Kind.TEMPLATE_PARAMETER -> printer.print(a);
            case Kind.CONSTRAINED_PARAMETER -> printer.print(b);
            case Kind.VALUE_PARAMETER -> {
                printer.print(a);
                printer.right(b);
            }
            default -> {
                // Nothing comes after the declarator.
            }
        }
    }

    private void bracketed(String before, int node, String after) {
        out.append(before);
        if (node != Nodes.NONE) {
            printer.print(node);
        }
        out.append(after);
    }

    static void qualifiers(Output out, int qualifiers) {
        if (qualifiers == 0) {
            return;
        }
        if ((qualifiers & Kind.CONST) != 0) {
            out.append(" const");
        }
        if ((qualifiers & Kind.VOLATILE) != 0) {
            out.append(" volatile");
        }
        if ((qualifiers & Kind.RESTRICT) != 0) {
            out.append(" restrict");
        }
        if ((qualifiers & Kind.LVALUE_REF) != 0) {
            out.append(" &");
        } else if ((qualifiers & Kind.RVALUE_REF) != 0) {
            out.append(" &&");
        }
    }

    private void declaratorLeft(int type, String sign) {
        printer.left(type);
        boolean array = isArray(type);
        if (array) {
            out.append(' ');
        }
        if (array || isFunction(type)) {
            out.append('(');
        }
        out.append(sign);
    }

    private void declaratorRight(int type) {
        if (isArray(type) || isFunction(type)) {
            out.append(')');
        }
        printer.right(type);
    }

    /// References to references collapse to an lvalue reference unless all are rvalue references.
    private void referenceLeft(int node) {
        int inner = node;
        boolean lvalue = false;
        for (int steps = 0; isReference(inner) && steps < LONGEST_CHAIN; steps++) {
            lvalue |= nodes.kind(inner) == Kind.LVALUE_REFERENCE;
            inner = syntax(nodes.a(inner));
        }
        declaratorLeft(referred(node), lvalue ? "&" : "&&");
    }

    private boolean isReference(int node) {
        return nodes.kind(node) == Kind.LVALUE_REFERENCE || nodes.kind(node) == Kind.RVALUE_REFERENCE;
    }

    /// What the innermost of collapsing references refers to.
    private int referred(int node) {
        int type = nodes.a(node);
        int inner = syntax(type);
        for (int steps = 0; isReference(inner) && steps < LONGEST_CHAIN; steps++) {
            type = nodes.a(inner);
            inner = syntax(type);
        }
        return type;
    }

    /// What stands here once packs and forward references are looked through.
    private int syntax(int node) {
        int type = node;
        for (int steps = 0; steps < LONGEST_CHAIN; steps++) {
            if (nodes.kind(type) == Kind.FORWARD) {
                type = nodes.b(type);
            } else if (nodes.kind(type) == Kind.PACK) {
                int element = element(type);
                if (element == Nodes.NONE) {
                    return type;
                }
                type = element;
            } else {
                return type;
            }
        }
        return type;
    }

    private void memberPointerLeft(int owner, int member) {
        printer.left(member);
        out.append(isArray(member) || isFunction(member) ? '(' : ' ');
        printer.print(owner);
        out.append("::*");
    }

    private void arrayRight(int base, int size) {
        if (out.last() != ']') {
            out.append(' ');
        }
        bracketed("[", size, "]");
        printer.right(base);
    }

    private void functionRight(int node) {
        printer.open('(');
        printer.list(nodes.b(node));
        printer.close(')');
        printer.right(nodes.a(node));
        qualifiers(out, nodes.c(node));
        int specification = nodes.d(node);
        if (specification != Nodes.NONE) {
            out.append(' ');
            printer.print(specification);
        }
    }

    private void vendorQualified(int node) {
        printer.print(nodes.a(node));
        out.append(' ');
        printer.piece(nodes.b(node), nodes.c(node));
        if (nodes.d(node) != Nodes.NONE && printer.showsTemplateArguments()) {
            printer.print(nodes.d(node));
        }
    }

    /// The element of a pack that is being printed. The first pack of an expansion says how many there are.
    private int element(int pack) {
        int list = nodes.a(pack);
        if (printer.packSize == ItaniumPrinter.NO_PACK) {
            printer.packSize = nodes.count(list);
            printer.packIndex = 0;
        }
        int index = printer.packIndex;
        return index < nodes.count(list) ? nodes.item(list, index) : Nodes.NONE;
    }

    /// A pattern once for each element of the packs in it.
    void expansion(int pattern) {
        int outerIndex = printer.packIndex;
        int outerSize = printer.packSize;
        printer.packIndex = ItaniumPrinter.NO_PACK;
        printer.packSize = ItaniumPrinter.NO_PACK;
        int start = out.length();
        printer.print(pattern);
        int size = printer.packSize;
        if (size == ItaniumPrinter.NO_PACK) {
            out.append("...");
        } else if (size == 0) {
            out.cutTo(start);
        }
        for (int i = 1; i < size && !printer.stopped(); i++) {
            out.append(", ");
            printer.packIndex = i;
            printer.print(pattern);
        }
        printer.packIndex = outerIndex;
        printer.packSize = outerSize;
    }

    /// A reference may mean something that holds the reference itself.
    private boolean enterForward(int node) {
        if (nodes.c(node) != 0) {
            return false;
        }
        nodes.setC(node, 1);
        return true;
    }

    boolean hasRight(int node) {
        int known = Shape.right(nodes.shape(node));
        return known == 2 ? Shape.right(actualShape(node)) == 1 : known == 1;
    }

    private boolean isArray(int node) {
        int known = Shape.array(nodes.shape(node));
        return known == 2 ? Shape.array(actualShape(node)) == 1 : known == 1;
    }

    private boolean isFunction(int node) {
        int known = Shape.function(nodes.shape(node));
        return known == 2 ? Shape.function(actualShape(node)) == 1 : known == 1;
    }

    /// The shape once packs and forward references are looked through. Pointers keep only the right half of theirs.
    private int actualShape(int node) {
        int type = node;
        int mask = -1;
        for (int steps = 0; !printer.stopped() && steps < LONGEST_CHAIN; steps++) {
            switch (nodes.kind(type)) {
                case Kind.FORWARD -> type = nodes.b(type);
                case Kind.QUALIFIED -> type = nodes.a(type);
                case Kind.POINTER, Kind.LVALUE_REFERENCE, Kind.RVALUE_REFERENCE -> {
                    mask = 3;
                    type = nodes.a(type);
                }
                case Kind.MEMBER_POINTER -> {
                    mask = 3;
                    type = nodes.b(type);
                }
                case Kind.PACK -> type = element(type);
                default -> {
                    return nodes.shape(type) & mask;
                }
            }
            if (nodes.shape(type) == Shape.PLAIN) {
                return Shape.PLAIN;
            }
        }
        return Shape.PLAIN;
    }
}
