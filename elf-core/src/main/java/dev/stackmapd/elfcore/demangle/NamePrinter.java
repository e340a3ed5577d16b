package dev.stackmapd.elfcore.demangle;

/// Prints names, functions and the other entities that a linker name can denote.
final class NamePrinter {

    private static final byte[][] PLACEHOLDERS = {
        Text.bytes(Text.of("$T")), Text.bytes(Text.of("$N")), Text.bytes(Text.of("$TT"))
    };

    private final ItaniumPrinter printer;
    private final Nodes nodes;
    private final Output out;

    NamePrinter(ItaniumPrinter printer) {
        this.printer = printer;
        nodes = printer.nodes;
        out = printer.out;
    }

    void left(int node, int kind) {
        int a = nodes.a(node);
        int b = nodes.b(node);
        switch (kind) {
            case NodeKind.NAME -> printer.piece(a, b);
            case NodeKind.TEXT -> printer.text(a);
            case NodeKind.NESTED, NodeKind.LOCAL -> scoped(a, "::", b);
            case NodeKind.FRIEND -> scoped(a, "::friend ", b);
            case NodeKind.TEMPLATED -> templated(a, b);
            case NodeKind.TEMPLATE_ARGUMENTS -> printer.angles(a);
            case NodeKind.ENCODING -> encodingLeft(node);
            case NodeKind.CONSTRUCTOR -> baseName(a);
            case NodeKind.DESTRUCTOR -> {
                out.append('~');
                baseName(a);
            }
            case NodeKind.ABI_TAG -> {
                printer.left(a);
                out.append("[abi:");
                printer.piece(b, nodes.c(node));
                out.append(']');
            }
            case NodeKind.STANDARD -> standard(a);
            case NodeKind.STANDARD_EXPANDED -> expanded(a);
            case NodeKind.UNNAMED_TYPE -> quoted("'unnamed", a, b);
            case NodeKind.CLOSURE -> {
                int count = nodes.d(node);
                quoted("'lambda", nodes.a(count), nodes.b(count));
                if (printer.showsParameters()) {
                    closureDeclarator(node);
                }
            }
            default -> rare(node, kind, a, b);
        }
    }

    private void rare(int node, int kind, int a, int b) {
        switch (kind) {
            case NodeKind.GLOBAL -> prefixed("::", a);
            case NodeKind.DESTRUCTOR_NAME -> prefixed("~", a);
            case NodeKind.CONVERSION_OPERATOR -> prefixed("operator ", a);
            case NodeKind.LITERAL_OPERATOR -> prefixed("operator\"\" ", a);
            case NodeKind.BINDINGS -> {
                printer.open('[');
                printer.list(a);
                printer.close(']');
            }
            case NodeKind.MODULE -> {
                if (a != Nodes.NONE) {
                    printer.print(a);
                }
                if (a != Nodes.NONE || nodes.c(node) == ':') {
                    out.append((char) nodes.c(node));
                }
                printer.print(b);
            }
            case NodeKind.IN_MODULE -> {
                printer.print(b);
                out.append('@');
                printer.print(a);
            }
            case NodeKind.SPECIAL -> {
                printer.text(a);
                printer.print(b);
            }
            case NodeKind.CONSTRUCTION_VTABLE -> {
                out.append("construction vtable for ");
                printer.print(a);
                out.append("-in-");
                printer.print(b);
            }
            case NodeKind.PLACEHOLDER -> {
                out.append(PLACEHOLDERS[a]);
                if (b > 0) {
                    out.appendNumber(b - 1);
                }
            }
            default -> throw new IllegalStateException("no name: kind " + kind);
        }
    }

    private void prefixed(String prefix, int node) {
        out.append(prefix);
        printer.print(node);
    }

    private void scoped(int scope, String between, int name) {
        printer.print(scope);
        out.append(between);
        printer.print(name);
    }

    private void templated(int name, int arguments) {
        printer.print(name);
        if (printer.showsTemplateArguments()) {
            printer.print(arguments);
        }
    }

    private void quoted(String word, int at, int length) {
        out.append(word);
        printer.piece(at, length);
        out.append('\'');
    }

    /// Prints the part of a lambda between its `[]` and its body.
    void closureDeclarator(int closure) {
        int head = nodes.a(closure);
        if (nodes.a(head) != Nodes.EMPTY_LIST) {
            printer.angles(nodes.a(head));
        }
        requires(nodes.b(head), " requires ", " ");
        printer.open('(');
        printer.list(nodes.b(closure));
        printer.close(')');
        requires(nodes.c(closure), " requires ", "");
    }

    private void requires(int constraint, String before, String after) {
        if (constraint != Nodes.NONE) {
            out.append(before);
            printer.print(constraint);
            out.append(after);
        }
    }

    private void encodingLeft(int node) {
        int returned = nodes.a(node);
        if (returned != Nodes.NONE && printer.showsParameters()) {
            printer.left(returned);
            if (!printer.hasRight(returned)) {
                out.append(' ');
            }
        }
        printer.print(nodes.b(node));
    }

    void encodingRight(int node) {
        if (!printer.showsParameters()) {
            return;
        }
        int extra = nodes.d(node);
        printer.open('(');
        if (extra != Nodes.NONE && nodes.d(extra) != 0) {
            out.append("this ");
        }
        printer.list(nodes.c(node));
        printer.close(')');
        int returned = nodes.a(node);
        if (returned != Nodes.NONE) {
            printer.right(returned);
        }
        if (extra != Nodes.NONE) {
            TypePrinter.qualifiers(out, nodes.a(extra));
            enableIf(nodes.b(extra));
            requires(nodes.c(extra), " requires ", "");
        }
    }

    private void enableIf(int conditions) {
        if (conditions != Nodes.EMPTY_LIST) {
            out.append(" [enable_if:");
            printer.list(conditions);
            out.append(']');
        }
    }

    private void standard(int letter) {
        out.append(
                switch (letter) {
                    case 'a' -> "std::allocator";
                    case 'b' -> "std::basic_string";
                    case 's' -> "std::string";
                    case 'i' -> "std::istream";
                    case 'o' -> "std::ostream";
                    default -> "std::iostream";
                });
    }

    /// Prints a class. An abbreviation is expanded if it is the class of a constructor.
    private void expanded(int letter) {
        out.append("std::");
        out.append(expandedName(letter));
        if (letter == 'a' || letter == 'b' || !printer.showsTemplateArguments()) {
            return;
        }
        out.append("<char, std::char_traits<char>");
        out.append(letter == 's' ? ", std::allocator<char>>" : ">");
    }

    private static String expandedName(int letter) {
        return switch (letter) {
            case 'a' -> "allocator";
            case 'b', 's' -> "basic_string";
            case 'i' -> "basic_istream";
            case 'o' -> "basic_ostream";
            default -> "basic_iostream";
        };
    }

    private static String shortName(int letter) {
        return switch (letter) {
            case 'a' -> "allocator";
            case 'b' -> "basic_string";
            case 's' -> "string";
            case 'i' -> "istream";
            case 'o' -> "ostream";
            default -> "iostream";
        };
    }

    /// Prints the last identifier of a class name, which its constructors share. Unnamed classes have
    /// none.
    private void baseName(int named) {
        int node = named;
        while (true) {
            switch (nodes.kind(node)) {
                case NodeKind.NESTED, NodeKind.FRIEND, NodeKind.IN_MODULE -> node = nodes.b(node);
                case NodeKind.TEMPLATED, NodeKind.ABI_TAG, NodeKind.GLOBAL -> node = nodes.a(node);
                case NodeKind.FORWARD -> node = nodes.b(node);
                default -> {
                    identifier(node);
                    return;
                }
            }
        }
    }

    private void identifier(int node) {
        switch (nodes.kind(node)) {
            case NodeKind.NAME, NodeKind.TEXT -> printer.print(node);
            case NodeKind.STANDARD_EXPANDED -> out.append(expandedName(nodes.a(node)));
            case NodeKind.STANDARD -> out.append(shortName(nodes.a(node)));
            default -> {
                // Unnamed types, local classes and the like: LLVM shows nothing either.
            }
        }
    }
}
