package dev.stackmapd.elfcore.demangle;

import java.util.Arrays;

/// Parses an Itanium C++ name (after its `_Z`) into [Nodes]. It has the state that the parsers of the
/// parts share.
///
/// The parts call one another as the rules of the grammar do: encodings, names, types, templates,
/// expressions. No rule reads its input again. A failure is noted in [Mangled] and checked once, at the
/// end.
final class ItaniumParser {

    final Mangled in;
    final Nodes nodes;
    final Budget budget;
    final TemplateScopes scopes = new TemplateScopes();
    final EncodingParser encodings;
    final NameParser names;
    final UnqualifiedNameParser unqualifiedNames;
    final TypeParser types;
    final TemplateParser templates;
    final ExpressionParser expressions;
    final LiteralParser literals;
    final UnresolvedNameParser unresolvedNames;

    /// Receives the facts of names when they are not needed.
    final NameFacts elsewhere = new NameFacts(NameFacts.Position.ELSEWHERE);

    /// This is false while the type of a conversion operator is read, because an `I` after it belongs to
    /// the operator.
    boolean templateArgumentsFollowTypes;

    /// This is true while the type of a conversion operator is read, because its `T_` may refer to a
    /// later argument.
    boolean forwardReferences;

    /// This is true in a requires clause, where parameters are shown by number because their levels are
    /// not in the name.
    boolean parametersByNumber;

    /// The level that a lambda's own parameters have while they are read, so that `auto` is recognised;
    /// -1 elsewhere.
    int lambdaLevel;

    private int[] substitutions = new int[64];
    private int substitutionCount;
    private int[] unresolved = new int[4];
    private int unresolvedCount;

    ItaniumParser(Mangled in, Budget budget) {
        this.in = in;
        this.budget = budget;
        nodes = new Nodes(budget, in);
        encodings = new EncodingParser(this);
        names = new NameParser(this);
        unqualifiedNames = new UnqualifiedNameParser(this);
        types = new TypeParser(this);
        templates = new TemplateParser(this);
        expressions = new ExpressionParser(this);
        literals = new LiteralParser(this);
        unresolvedNames = new UnresolvedNameParser(this);
    }

    /// Reads `<encoding>`; what follows it is not read.
    ///
    /// @return the root, or [Nodes#NONE]
    int parse() {
        nodes.reset();
        scopes.reset();
        templates.reset();
        substitutionCount = 0;
        unresolvedCount = 0;
        templateArgumentsFollowTypes = true;
        forwardReferences = false;
        parametersByNumber = false;
        lambdaLevel = -1;
        int root = encodings.encoding();
        return in.ok() ? root : Nodes.NONE;
    }

    int fail() {
        return in.fail();
    }

    void addSubstitution(int node) {
        if (substitutionCount == substitutions.length) {
            substitutions = Arrays.copyOf(substitutions, substitutionCount * 2);
        }
        substitutions[substitutionCount++] = node;
    }

    void dropLastSubstitution() {
        if (substitutionCount == 0) {
            fail();
        } else {
            substitutionCount--;
        }
    }

    int substitution(int index) {
        return index < substitutionCount ? substitutions[index] : fail();
    }

    int forwardReference(int index) {
        int node = nodes.addShaped(NodeKind.FORWARD, Shape.UNKNOWN, index, Nodes.NONE);
        if (unresolvedCount == unresolved.length) {
            unresolved = Arrays.copyOf(unresolved, unresolvedCount * 2);
        }
        unresolved[unresolvedCount++] = node;
        return node;
    }

    int unresolvedReferences() {
        return unresolvedCount;
    }

    /// Resolves the forward references since `begin` with the template arguments that are now known.
    void resolveReferences(int begin) {
        for (int i = begin; i < unresolvedCount; i++) {
            int reference = unresolved[i];
            int meaning = scopes.find(0, nodes.a(reference));
            if (meaning == Nodes.NONE) {
                fail();
                return;
            }
            nodes.setB(reference, meaning);
        }
        unresolvedCount = Math.min(unresolvedCount, begin);
    }

    /// Reads `const`, `volatile` and `restrict`, in the order of the ABI.
    int qualifiers() {
        int qualifiers = 0;
        if (in.take('r')) {
            qualifiers |= NodeKind.RESTRICT;
        }
        if (in.take('V')) {
            qualifiers |= NodeKind.VOLATILE;
        }
        if (in.take('K')) {
            qualifiers |= NodeKind.CONST;
        }
        return qualifiers;
    }

    int text(int text) {
        return nodes.add(NodeKind.TEXT, text, 0);
    }

    /// Returns a node for the piece of the mangled name since `from`.
    int pieceSince(int from) {
        return nodes.add(NodeKind.NAME, from, in.at() - from);
    }

    int templated(int name) {
        int arguments = templates.arguments(elsewhere);
        return nodes.add(NodeKind.TEMPLATED, name, arguments);
    }
}
