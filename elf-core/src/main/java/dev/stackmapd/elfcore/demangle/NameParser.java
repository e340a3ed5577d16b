package dev.stackmapd.elfcore.demangle;

/// Parses `<name>`: nested, local and unscoped names, substitutions and modules (Itanium C++ ABI 5.1.2,
/// 5.1.8, 5.1.10).
final class NameParser {

    private final ItaniumParser parser;
    private final Mangled in;
    private final Nodes nodes;

    NameParser(ItaniumParser parser) {
        this.parser = parser;
        in = parser.in;
        nodes = parser.nodes;
    }

    int name(NameFacts facts) {
        if (!parser.budget.enter()) {
            return parser.fail();
        }
        int name = switch (in.look()) {
            case 'N' -> nested(facts);
            case 'Z' -> local(facts);
            default -> unscopedTemplated(facts);
        };
        parser.budget.leave();
        return name;
    }

    private int unscopedTemplated(NameFacts facts) {
        boolean fromTable = in.look() == 'S' && in.look(1) != 't';
        int name = fromTable ? substitution() : unscoped(facts);
        if (fromTable && nodes.kind(name) == NodeKind.MODULE) {
            fromTable = false;
            name = parser.unqualifiedNames.name(facts, Nodes.NONE, name);
        }
        if (in.look() != 'I') {
            return fromTable ? parser.fail() : name;
        }
        if (!fromTable) {
            parser.addSubstitution(name);
        }
        int arguments = parser.templates.arguments(facts);
        facts.endsWithTemplateArguments = true;
        return nodes.add(NodeKind.TEMPLATED, name, arguments);
    }

    /// Reads `[St] <unqualified-name>`, perhaps in a module.
    int unscoped(NameFacts facts) {
        int scope = in.take('S', 't') ? parser.text(Text.STD) : Nodes.NONE;
        int module = Nodes.NONE;
        if (in.look() == 'S') {
            module = substitution();
            if (nodes.kind(module) != NodeKind.MODULE) {
                return parser.fail();
            }
        }
        return parser.unqualifiedNames.name(facts, scope, module);
    }

    /// Reads `N [H | <qualifiers>] <prefix> <unqualified-name> E`. Every prefix goes into the
    /// substitution table once.
    private int nested(NameFacts facts) {
        in.require('N');
        if (in.take('H')) {
            facts.explicitObject = true;
        } else {
            facts.qualifiers = parser.qualifiers();
            if (in.take('O')) {
                facts.qualifiers |= NodeKind.RVALUE_REF;
            } else if (in.take('R')) {
                facts.qualifiers |= NodeKind.LVALUE_REF;
            }
        }
        int scope = prefixes(facts);
        if (scope == Nodes.NONE) {
            return parser.fail();
        }
        parser.dropLastSubstitution();
        return scope;
    }

    private int prefixes(NameFacts facts) {
        int scope = Nodes.NONE;
        while (in.ok() && !in.take('E')) {
            facts.endsWithTemplateArguments = false;
            int known = in.look() == 'S' ? known() : Nodes.NONE;
            if (known != Nodes.NONE && nodes.kind(known) != NodeKind.MODULE) {
                scope = scope == Nodes.NONE ? known : parser.fail();
                continue;
            }
            scope = known == Nodes.NONE ? component(facts, scope) : parser.unqualifiedNames.name(facts, scope, known);
            parser.addSubstitution(scope);
            in.take('M');
        }
        return scope;
    }

    private int known() {
        return in.take('S', 't') ? parser.text(Text.STD) : substitution();
    }

    private int component(NameFacts facts, int scope) {
        int first = in.look();
        if (first == 'I') {
            return arguments(facts, scope);
        }
        boolean decltype = first == 'D' && (in.look(1) == 't' || in.look(1) == 'T');
        if (first != 'T' && !decltype) {
            return parser.unqualifiedNames.name(facts, scope, Nodes.NONE);
        }
        if (scope != Nodes.NONE) {
            return parser.fail();
        }
        return decltype ? parser.types.decltype() : parser.templates.parameter();
    }

    private int arguments(NameFacts facts, int scope) {
        if (scope == Nodes.NONE || nodes.kind(scope) == NodeKind.TEMPLATED) {
            return parser.fail();
        }
        int arguments = parser.templates.arguments(facts);
        facts.endsWithTemplateArguments = true;
        return nodes.add(NodeKind.TEMPLATED, scope, arguments);
    }

    /// Reads `Z <encoding> E <entity> [<discriminator>] | Z <encoding> E s | Z <encoding> E d [<number>]
    /// _ <entity>`
    private int local(NameFacts facts) {
        in.require('Z');
        int encoding = parser.encodings.encoding();
        in.require('E');
        if (in.take('s')) {
            discriminator();
            return nodes.add(NodeKind.LOCAL, encoding, parser.text(Text.STRING_LITERAL));
        }
        int outer = parser.scopes.enterEncoding();
        if (in.take('d')) {
            in.skipNumber();
            in.require('_');
            int entity = name(facts);
            parser.scopes.leaveEncoding(outer);
            return nodes.add(NodeKind.LOCAL, encoding, entity);
        }
        int entity = name(facts);
        parser.scopes.leaveEncoding(outer);
        discriminator();
        return nodes.add(NodeKind.LOCAL, encoding, entity);
    }

    /// Reads `_ <digit> | __ <number> _`; g++ once wrote bare digits at the end of the name. Anything
    /// else is not read.
    private void discriminator() {
        if (in.look() == '_') {
            if (Mangled.isDigit(in.look(1))) {
                in.skip(2);
            } else if (in.look(1) == '_') {
                longDiscriminator();
            }
        } else if (in.looksAtDigit()) {
            bareDiscriminator();
        }
    }

    private void longDiscriminator() {
        int digits = 0;
        while (Mangled.isDigit(in.look(2 + digits))) {
            digits++;
        }
        if (in.look(2 + digits) == '_') {
            in.skip(3 + digits);
        }
    }

    private void bareDiscriminator() {
        int from = in.at();
        in.skipDigits();
        if (!in.atEnd()) {
            in.moveTo(from);
        }
    }

    /// Reads `S_ | S <seq-id> _ | Sa | Sb | Ss | Si | So | Sd`
    int substitution() {
        in.require('S');
        int letter = in.look();
        if (letter >= 'a' && letter <= 'z') {
            return standard(letter);
        }
        if (in.take('_')) {
            return parser.substitution(0);
        }
        int index = sequenceId();
        in.require('_');
        return parser.substitution(index + 1);
    }

    private int standard(int letter) {
        if ("absiod".indexOf(letter) < 0) {
            return parser.fail();
        }
        in.skip(1);
        int bare = nodes.add(NodeKind.STANDARD, letter, 0);
        int tagged = parser.unqualifiedNames.abiTags(bare);
        if (tagged != bare) {
            parser.addSubstitution(tagged);
        }
        return tagged;
    }

    /// Reads a number in base 36 with upper-case letters.
    private int sequenceId() {
        if (!isSequenceDigit(in.look())) {
            return parser.fail();
        }
        int value = 0;
        while (isSequenceDigit(in.look())) {
            int digit = in.look();
            if (value > Integer.MAX_VALUE / 36 - 36) {
                return parser.fail();
            }
            value = value * 36 + (Mangled.isDigit(digit) ? digit - '0' : digit - 'A' + 10);
            in.skip(1);
        }
        return value;
    }

    boolean skipSequenceId() {
        boolean numbered = isSequenceDigit(in.look());
        if (numbered) {
            sequenceId();
        }
        return numbered;
    }

    private static boolean isSequenceDigit(int c) {
        return Mangled.isDigit(c) || (c >= 'A' && c <= 'Z');
    }

    /// Reads `(W [P] <source-name>)*`: the module that follows here, or none.
    int module() {
        return module(Nodes.NONE);
    }

    int module(int parent) {
        int module = parent;
        while (in.ok() && in.take('W')) {
            boolean partition = in.take('P');
            int name = parser.unqualifiedNames.sourceName();
            module = nodes.add(NodeKind.MODULE, module, name, partition ? ':' : '.', 0);
            parser.addSubstitution(module);
        }
        return module;
    }
}
