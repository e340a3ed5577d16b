package dev.stackmapd.elfcore.demangle;

/// Parses template arguments, references to template parameters, and parameters declared by lambdas and
/// template template arguments (Itanium C++ ABI 5.1.5).
final class TemplateParser {

    private static final int TYPE = 0;
    private static final int VALUE = 1;
    private static final int TEMPLATE = 2;

    /// The visibility of a declared parameter to the text after it.
    enum Declared {
        IN_SCOPE,
        NOWHERE
    }

    private final ItaniumParser parser;
    private final Mangled in;
    private final Nodes nodes;

    /// The number of parameters of each kind that were given a generated name.
    private final int[] invented = new int[3];

    TemplateParser(ItaniumParser parser) {
        this.parser = parser;
        in = parser.in;
        nodes = parser.nodes;
    }

    void reset() {
        invented[TYPE] = 0;
        invented[VALUE] = 0;
        invented[TEMPLATE] = 0;
    }

    /// Reads `I <template-arg>* [Q <constraint>] E`. Its `T_` refer to the arguments of the encoding's
    /// name.
    int arguments(NameFacts facts) {
        in.require('I');
        if (facts.ofEncoding) {
            parser.scopes.shrinkTo(0);
            parser.scopes.openLevel();
        }
        boolean follow = parser.templateArgumentsFollowTypes;
        parser.templateArgumentsFollowTypes = true;
        int list = argumentsInScope(facts);
        parser.templateArgumentsFollowTypes = follow;
        return nodes.add(NodeKind.TEMPLATE_ARGUMENTS, list, 0);
    }

    private int argumentsInScope(NameFacts facts) {
        int begin = nodes.beginList();
        while (in.ok() && !in.take('E')) {
            int argument = argument();
            nodes.push(argument);
            if (facts.ofEncoding) {
                parser.scopes.add(meaning(argument));
            }
            if (in.take('Q')) {
                parser.expressions.constraint();
                in.require('E');
                break;
            }
        }
        return nodes.endList(begin);
    }

    /// Returns the target of a reference to this argument. A pack stands for one element at a time.
    private int meaning(int argument) {
        int meant = nodes.kind(argument) == NodeKind.DECLARED_ARGUMENT ? nodes.b(argument) : argument;
        return nodes.kind(meant) == NodeKind.ARGUMENT_PACK ? pack(nodes.a(meant)) : meant;
    }

    private int pack(int list) {
        int shape = Shape.PLAIN;
        for (int i = 0; i < nodes.count(list); i++) {
            if (nodes.shape(nodes.item(list, i)) != Shape.PLAIN) {
                shape = Shape.UNKNOWN;
            }
        }
        return nodes.addShaped(NodeKind.PACK, shape, list, 0);
    }

    /// Reads `<template-arg>* E` as a list.
    int argumentList() {
        int begin = nodes.beginList();
        while (in.ok() && !in.take('E')) {
            nodes.push(argument());
        }
        return nodes.endList(begin);
    }

    /// Reads `<type> | X <expression> E | <expr-primary> | J <template-arg>* E | <template-param-decl>
    /// <template-arg>`
    int argument() {
        if (!parser.budget.enter()) {
            return parser.fail();
        }
        int argument = chooseArgument();
        parser.budget.leave();
        return argument;
    }

    private int chooseArgument() {
        if (in.take('X')) {
            int expression = parser.expressions.expression();
            in.require('E');
            return expression;
        }
        if (in.take('J')) {
            return nodes.add(NodeKind.ARGUMENT_PACK, argumentList(), 0);
        }
        if (in.look() == 'L') {
            return parser.literals.literal();
        }
        if (looksAtDeclaration()) {
            int declaration = declaration(Declared.NOWHERE);
            return nodes.add(NodeKind.DECLARED_ARGUMENT, declaration, argument());
        }
        return parser.types.type();
    }

    boolean looksAtDeclaration() {
        return in.look() == 'T' && in.look(1) != 0 && "yptnk".indexOf(in.look(1)) >= 0;
    }

    /// Reads `Ty | Tk <concept> | Tn <type> | Tt <template-param-decl>* E | Tp <template-param-decl>`
    int declaration(Declared declared) {
        if (!parser.budget.enter()) {
            return parser.fail();
        }
        in.require('T');
        int letter = in.look();
        in.skip(in.atEnd() ? 0 : 1);
        int declaration = switch (letter) {
            case 'y' -> shaped(NodeKind.TYPE_PARAMETER, invent(TYPE, declared), 0);
            case 'k' -> {
                int concept = parser.names.name(parser.elsewhere);
                yield shaped(NodeKind.CONSTRAINED_PARAMETER, concept, invent(TYPE, declared));
            }
            case 'n' -> {
                int name = invent(VALUE, declared);
                yield shaped(NodeKind.VALUE_PARAMETER, name, parser.types.type());
            }
            case 't' -> template(declared);
            case 'p' -> shaped(NodeKind.PACK_PARAMETER, declaration(declared), 0);
            default -> parser.fail();
        };
        parser.budget.leave();
        return declaration;
    }

    private int shaped(int kind, int a, int b) {
        return nodes.addShaped(kind, Shape.RIGHT, a, b);
    }

    private int template(Declared declared) {
        int name = invent(TEMPLATE, declared);
        int depth = parser.scopes.depth();
        parser.scopes.openLevel();
        int begin = nodes.beginList();
        while (in.ok() && !in.take('E')) {
            nodes.push(declaration(Declared.IN_SCOPE));
            if (in.take('Q')) {
                parser.expressions.constraint();
                in.require('E');
                break;
            }
        }
        parser.scopes.shrinkTo(depth);
        return shaped(NodeKind.TEMPLATE_PARAMETER, name, nodes.endList(begin));
    }

    private int invent(int sort, Declared declared) {
        int name = nodes.add(NodeKind.PLACEHOLDER, sort, invented[sort]++);
        if (declared == Declared.IN_SCOPE) {
            parser.scopes.add(name);
        }
        return name;
    }

    /// Reads `T_ | T <number> _ | TL <level> __ | TL <level> _ <number> _`
    int parameter() {
        int from = in.at();
        in.require('T');
        int level = 0;
        if (in.take('L')) {
            level = plusOne(in.number());
            in.require('_');
        }
        int index = 0;
        if (!in.take('_')) {
            index = plusOne(in.number());
            in.require('_');
        }
        if (!in.ok()) {
            return Nodes.NONE;
        }
        if (parser.parametersByNumber) {
            return nodes.add(NodeKind.NAME, from, in.at() - 1 - from);
        }
        if (parser.forwardReferences && level == 0) {
            return parser.forwardReference(index);
        }
        int known = parser.scopes.find(level, index);
        return known == Nodes.NONE ? automatic(level) : known;
    }

    private int plusOne(int number) {
        return number == Integer.MAX_VALUE ? parser.fail() : number + 1;
    }

    /// Reads `auto` in the parameters of a generic lambda, which is mangled as a parameter without
    /// declaration (5.1.8).
    private int automatic(int level) {
        int depth = parser.scopes.depth();
        if (parser.lambdaLevel != level || level > depth) {
            return parser.fail();
        }
        if (level == depth) {
            parser.scopes.openLevel();
        }
        return parser.text(Text.AUTO);
    }
}
