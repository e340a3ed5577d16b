package dev.stackmapd.elfcore.demangle;

/// Parses `<unresolved-name>`: names in expressions that depend on template parameters (Itanium C++ ABI
/// 5.1.6.3).
final class UnresolvedNameParser {

    private final ItaniumParser parser;
    private final Mangled in;
    private final Nodes nodes;

    UnresolvedNameParser(ItaniumParser parser) {
        this.parser = parser;
        in = parser.in;
        nodes = parser.nodes;
    }

    int name(boolean global) {
        if (in.take("srN")) {
            return nested();
        }
        if (!in.take('s', 'r')) {
            int base = base();
            return global ? nodes.add(NodeKind.GLOBAL, base, 0) : base;
        }
        int scope = in.looksAtDigit() ? levels(global) : templatedType();
        return qualified(scope, base());
    }

    /// Reads after `srN`: `<unresolved-type> [<template-args>] <simple-id>* E <base>`
    private int nested() {
        int scope = templatedType();
        while (in.ok() && !in.take('E')) {
            scope = qualified(scope, simple());
        }
        return qualified(scope, base());
    }

    /// Reads `<simple-id>+ E`
    private int levels(boolean global) {
        int scope = Nodes.NONE;
        do {
            int level = simple();
            if (scope != Nodes.NONE) {
                scope = qualified(scope, level);
            } else {
                scope = global ? nodes.add(NodeKind.GLOBAL, level, 0) : level;
            }
        } while (in.ok() && !in.take('E'));
        return scope;
    }

    private int templatedType() {
        int type = type();
        return in.look() == 'I' ? parser.templated(type) : type;
    }

    /// Reads `<template-param> | <decltype> | <substitution>`
    private int type() {
        if (in.look() == 'T') {
            int parameter = parser.templates.parameter();
            parser.addSubstitution(parameter);
            return parameter;
        }
        if (in.look() == 'D') {
            if (in.look(1) != 't' && in.look(1) != 'T') {
                return parser.fail();
            }
            int decltype = parser.types.decltype();
            parser.addSubstitution(decltype);
            return decltype;
        }
        return parser.names.substitution();
    }

    /// Reads `<simple-id> | on <operator-name> [<template-args>] | dn <destructor>`
    private int base() {
        if (in.looksAtDigit()) {
            return simple();
        }
        if (in.take('d', 'n')) {
            int destroyed = in.looksAtDigit() ? simple() : type();
            return nodes.add(NodeKind.DESTRUCTOR_NAME, destroyed, 0);
        }
        in.take('o', 'n');
        int operator = parser.unqualifiedNames.operator(parser.elsewhere);
        return in.look() == 'I' ? parser.templated(operator) : operator;
    }

    private int simple() {
        int name = parser.unqualifiedNames.sourceName();
        return in.look() == 'I' ? parser.templated(name) : name;
    }

    private int qualified(int scope, int name) {
        return nodes.add(NodeKind.NESTED, scope, name);
    }
}
