package dev.stackmapd.elfcore.demangle;

/// Parses `<unqualified-name>`: source names, operators, constructors, lambdas and other unnamed things,
/// bindings, with their ABI tags (Itanium C++ ABI 5.1.3, 5.1.7).
final class UnqualifiedNameParser {

    private static final String ANONYMOUS = "_GLOBAL__N";

    private final ItaniumParser parser;
    private final Mangled in;
    private final Nodes nodes;

    UnqualifiedNameParser(ItaniumParser parser) {
        this.parser = parser;
        in = parser.in;
        nodes = parser.nodes;
    }

    /// @param outer the enclosing scope of the name, or [Nodes#NONE]; the result includes it
    /// @param parentModule a module from the substitution table, or [Nodes#NONE]
    int name(NameFacts facts, int outer, int parentModule) {
        int module = parser.names.module(parentModule);
        int scope = outer;
        boolean friend = scope != Nodes.NONE && in.take('F');
        in.take('L');
        if (in.look() == 'C' || in.look() == 'D') {
            scope = expanded(scope);
        }
        int bare = bare(facts, scope, module);
        if (module != Nodes.NONE) {
            bare = nodes.add(NodeKind.IN_MODULE, module, bare);
        }
        int name = abiTags(bare);
        if (friend) {
            return nodes.add(NodeKind.FRIEND, scope, name);
        }
        return scope == Nodes.NONE ? name : nodes.add(NodeKind.NESTED, scope, name);
    }

    private int bare(NameFacts facts, int scope, int module) {
        int first = in.look();
        if (Mangled.isDigit(first)) {
            return sourceName();
        }
        if (first == 'U') {
            return unnamed();
        }
        if (in.take('D', 'C')) {
            return bindings();
        }
        if (first == 'C' || first == 'D') {
            return scope == Nodes.NONE || module != Nodes.NONE ? parser.fail() : structor(facts, scope);
        }
        return operator(facts);
    }

    /// Expands `Ss` and similar abbreviations, which denote a class template with its arguments, for the
    /// name of a constructor.
    private int expanded(int scope) {
        return scope != Nodes.NONE && nodes.kind(scope) == NodeKind.STANDARD
                ? nodes.add(NodeKind.STANDARD_EXPANDED, nodes.a(scope), 0)
                : scope;
    }

    /// Reads `<length> <identifier>`
    int sourceName() {
        int length = in.length();
        int from = in.at();
        if (length >= ANONYMOUS.length() && in.take(ANONYMOUS)) {
            in.skip(length - ANONYMOUS.length());
            return parser.text(Text.ANONYMOUS_NAMESPACE);
        }
        in.skip(length);
        return nodes.add(NodeKind.NAME, from, length);
    }

    int abiTags(int name) {
        int tagged = name;
        while (in.ok() && in.take('B')) {
            int length = in.length();
            tagged = nodes.add(NodeKind.ABI_TAG, tagged, in.at(), length, 0);
            in.skip(length);
        }
        return tagged;
    }

    private int bindings() {
        int begin = nodes.beginList();
        do {
            nodes.push(sourceName());
        } while (in.ok() && !in.take('E'));
        return nodes.add(NodeKind.BINDINGS, nodes.endList(begin), 0);
    }

    /// Reads `C1` to `C5`, `CI1 <base class>` …, `D0` to `D5`.
    private int structor(NameFacts facts, int scope) {
        facts.withoutReturnType = true;
        if (in.take('C')) {
            boolean inherited = in.take('I');
            variant("12345");
            if (inherited) {
                parser.names.name(facts);
                facts.withoutReturnType = true;
            }
            return nodes.add(NodeKind.CONSTRUCTOR, scope, 0);
        }
        in.require('D');
        variant("01245");
        return nodes.add(NodeKind.DESTRUCTOR, scope, 0);
    }

    private void variant(String allowed) {
        int variant = in.look();
        if (variant == 0 || allowed.indexOf(variant) < 0) {
            parser.fail();
        } else {
            in.skip(1);
        }
    }

    private int unnamed() {
        in.require('U');
        if (in.take('t')) {
            return counted(NodeKind.UNNAMED_TYPE);
        }
        if (in.take('b')) {
            in.skipDigits();
            in.require('_');
            return parser.text(Text.BLOCK_LITERAL);
        }
        return in.take('l') ? closure() : parser.fail();
    }

    /// Reads `[<number>] _`, of which the first of its kind has no number.
    private int counted(int kind) {
        int from = in.at();
        int digits = in.skipDigits();
        in.require('_');
        return nodes.add(kind, from, digits);
    }

    /// Reads after `Ul`: `<template-param-decl>* [Q <constraint>] <type>+ [Q <constraint>] E [<number>]
    /// _`
    int closure() {
        int outerLevel = parser.lambdaLevel;
        int depth = parser.scopes.depth();
        parser.lambdaLevel = depth;
        parser.scopes.openLevel();
        int templateParameters = templateParameters();
        if (templateParameters == Nodes.EMPTY_LIST) {
            parser.scopes.shrinkTo(depth);
        }
        int headRequires = in.take('Q') ? parser.expressions.constraint() : Nodes.NONE;
        int parameters = parameters();
        int requires = in.take('Q') ? parser.expressions.constraint() : Nodes.NONE;
        in.require('E');
        parser.scopes.shrinkTo(depth);
        parser.lambdaLevel = outerLevel;
        int head = nodes.add(NodeKind.CLOSURE_HEAD, templateParameters, headRequires);
        int count = counted(NodeKind.NAME);
        return nodes.add(NodeKind.CLOSURE, head, parameters, requires, count);
    }

    private int templateParameters() {
        int begin = nodes.beginList();
        while (in.ok() && parser.templates.looksAtDeclaration()) {
            nodes.push(parser.templates.declaration(TemplateParser.Declared.IN_SCOPE));
        }
        return nodes.endList(begin);
    }

    private int parameters() {
        if (in.take('v')) {
            return Nodes.EMPTY_LIST;
        }
        int begin = nodes.beginList();
        do {
            nodes.push(parser.types.type());
        } while (in.ok() && in.look() != 'E' && in.look() != 'Q');
        return nodes.endList(begin);
    }

    /// Reads `<operator-name>`: a code, `cv <type>`, `li <source-name>` or `v <digit> <source-name>`.
    int operator(NameFacts facts) {
        int operator = Operators.take(in);
        if (operator != Operators.NONE) {
            return Operators.form(operator) == Operators.Syntax.CAST_OPERATOR ? conversion(facts) : named(operator);
        }
        if (in.take('l', 'i')) {
            return nodes.add(NodeKind.LITERAL_OPERATOR, sourceName(), 0);
        }
        if (in.look() == 'v' && Mangled.isDigit(in.look(1))) {
            in.skip(2);
            return nodes.add(NodeKind.CONVERSION_OPERATOR, sourceName(), 0);
        }
        return parser.fail();
    }

    private int named(int operator) {
        int name = Operators.name(operator);
        return name == Text.EMPTY ? parser.fail() : parser.text(name);
    }

    private int conversion(NameFacts facts) {
        boolean follow = parser.templateArgumentsFollowTypes;
        boolean forward = parser.forwardReferences;
        parser.templateArgumentsFollowTypes = false;
        parser.forwardReferences |= facts.ofEncoding;
        int type = parser.types.type();
        parser.templateArgumentsFollowTypes = follow;
        parser.forwardReferences = forward;
        facts.withoutReturnType = true;
        return nodes.add(NodeKind.CONVERSION_OPERATOR, type, 0);
    }
}
