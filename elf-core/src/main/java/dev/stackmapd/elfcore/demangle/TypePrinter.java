package dev.stackmapd.elfcore.demangle;

/// Prints types, packs and template parameters.
final class TypePrinter {

    /// The most forward references that are followed, since they can form a cycle. Real chains are
    /// shorter.
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
            case NodeKind.QUALIFIED -> {
                printer.left(a);
                qualifiers(out, b);
            }
            case NodeKind.POINTER -> declaratorLeft(a, "*");
            case NodeKind.LVALUE_REFERENCE, NodeKind.RVALUE_REFERENCE -> referenceLeft(node);
            case NodeKind.MEMBER_POINTER -> memberPointerLeft(a, b);
            case NodeKind.ARRAY -> printer.left(a);
            case NodeKind.FUNCTION -> {
                printer.left(a);
                out.append(' ');
            }
            case NodeKind.PACK -> {
                int element = element(node);
                if (element != Nodes.NONE) {
                    printer.left(element);
                }
            }
            case NodeKind.ARGUMENT_PACK -> printer.list(a);
            case NodeKind.EXPANSION -> expansion(a);
            case NodeKind.FORWARD -> {
                if (enterForward(node)) {
                    printer.left(b);
                    nodes.setC(node, 0);
                }
            }
            case NodeKind.DECLARED_ARGUMENT -> printer.print(b);
            case NodeKind.SUFFIXED -> {
                printer.left(a);
                printer.text(b);
            }
            case NodeKind.VENDOR_QUALIFIED -> vendorQualified(node);
            default -> rare(node, kind, a, b);
        }
    }

    private void rare(int node, int kind, int a, int b) {
        switch (kind) {
            case NodeKind.VECTOR -> {
                printer.print(a);
                bracketed(" vector[", b, "]");
            }
            case NodeKind.PIXEL_VECTOR -> bracketed("pixel vector[", a, "]");
            case NodeKind.ELABORATED -> {
                printer.text(a);
                out.append(' ');
                printer.print(b);
            }
            case NodeKind.BIT_INT -> {
                printer.text(a);
                printer.open('(');
                printer.operand(b, Precedence.ANY);
                printer.close(')');
            }
            case NodeKind.BINARY_FLOAT -> {
                out.append("_Float");
                printer.print(a);
            }
            case NodeKind.TRANSFORMED -> {
                printer.print(a);
                bracketed("(", b, ")");
            }
            case NodeKind.NOEXCEPT -> {
                out.append("noexcept");
                printer.open('(');
                printer.operand(a, Precedence.ANY);
                printer.close(')');
            }
            case NodeKind.THROWS -> {
                out.append("throw");
                printer.open('(');
                printer.list(a);
                printer.close(')');
            }
            case NodeKind.TYPE_PARAMETER -> out.append("typename ");
            case NodeKind.CONSTRAINED_PARAMETER -> {
                printer.print(a);
                out.append(' ');
            }
            case NodeKind.VALUE_PARAMETER -> {
                printer.left(b);
                if (!hasRight(b)) {
                    out.append(' ');
                }
            }
            case NodeKind.TEMPLATE_PARAMETER -> {
                out.append("template");
                printer.angles(b);
                out.append(" typename ");
            }
            case NodeKind.PACK_PARAMETER -> {
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
            case NodeKind.QUALIFIED, NodeKind.PACK_PARAMETER -> printer.right(a);
            case NodeKind.POINTER -> declaratorRight(a);
            case NodeKind.LVALUE_REFERENCE, NodeKind.RVALUE_REFERENCE -> declaratorRight(referred(node));
            case NodeKind.MEMBER_POINTER -> declaratorRight(b);
            case NodeKind.ARRAY -> arrayRight(a, b);
            case NodeKind.FUNCTION -> functionRight(node);
            case NodeKind.PACK -> {
                int element = element(node);
                if (element != Nodes.NONE) {
                    printer.right(element);
                }
            }
            case NodeKind.FORWARD -> {
                if (enterForward(node)) {
                    printer.right(b);
                    nodes.setC(node, 0);
                }
            }
            case NodeKind.TYPE_PARAMETER, NodeKind.TEMPLATE_PARAMETER -> printer.print(a);
            case NodeKind.CONSTRAINED_PARAMETER -> printer.print(b);
            case NodeKind.VALUE_PARAMETER -> {
                printer.print(a);
                printer.right(b);
            }
            default -> {
                // There is no text after the declarator.
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
        if ((qualifiers & NodeKind.CONST) != 0) {
            out.append(" const");
        }
        if ((qualifiers & NodeKind.VOLATILE) != 0) {
            out.append(" volatile");
        }
        if ((qualifiers & NodeKind.RESTRICT) != 0) {
            out.append(" restrict");
        }
        if ((qualifiers & NodeKind.LVALUE_REF) != 0) {
            out.append(" &");
        } else if ((qualifiers & NodeKind.RVALUE_REF) != 0) {
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

    /// Prints the left half of a reference. References to references collapse to an lvalue reference
    /// unless all are rvalue references.
    private void referenceLeft(int node) {
        int inner = node;
        boolean lvalue = false;
        for (int steps = 0; isReference(inner) && steps < LONGEST_CHAIN; steps++) {
            lvalue |= nodes.kind(inner) == NodeKind.LVALUE_REFERENCE;
            inner = syntax(nodes.a(inner));
        }
        declaratorLeft(referred(node), lvalue ? "&" : "&&");
    }

    private boolean isReference(int node) {
        return nodes.kind(node) == NodeKind.LVALUE_REFERENCE || nodes.kind(node) == NodeKind.RVALUE_REFERENCE;
    }

    /// Returns the target of the innermost of collapsing references.
    private int referred(int node) {
        int type = nodes.a(node);
        int inner = syntax(type);
        for (int steps = 0; isReference(inner) && steps < LONGEST_CHAIN; steps++) {
            type = nodes.a(inner);
            inner = syntax(type);
        }
        return type;
    }

    /// Returns the node at the end of packs and forward references.
    private int syntax(int node) {
        int type = node;
        for (int steps = 0; steps < LONGEST_CHAIN; steps++) {
            if (nodes.kind(type) == NodeKind.FORWARD) {
                type = nodes.b(type);
            } else if (nodes.kind(type) == NodeKind.PACK) {
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

    /// Returns the element of a pack that is being printed. The first pack of an expansion determines
    /// their number.
    private int element(int pack) {
        int list = nodes.a(pack);
        if (printer.packSize == ItaniumPrinter.NO_PACK) {
            printer.packSize = nodes.count(list);
            printer.packIndex = 0;
        }
        int index = printer.packIndex;
        return index < nodes.count(list) ? nodes.item(list, index) : Nodes.NONE;
    }

    /// Prints a pattern once for each element of the packs in it.
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

    /// Enters a forward reference. Returns false if it is already being printed, since a reference may
    /// be part of its own target.
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

    /// Returns the shape of the node at the end of packs and forward references. Pointers keep only the
    /// right half of it.
    private int actualShape(int node) {
        int type = node;
        int mask = -1;
        for (int steps = 0; !printer.stopped() && steps < LONGEST_CHAIN; steps++) {
            switch (nodes.kind(type)) {
                case NodeKind.FORWARD -> type = nodes.b(type);
                case NodeKind.QUALIFIED -> type = nodes.a(type);
                case NodeKind.POINTER, NodeKind.LVALUE_REFERENCE, NodeKind.RVALUE_REFERENCE -> {
                    mask = 3;
                    type = nodes.a(type);
                }
                case NodeKind.MEMBER_POINTER -> {
                    mask = 3;
                    type = nodes.b(type);
                }
                case NodeKind.PACK -> type = element(type);
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
