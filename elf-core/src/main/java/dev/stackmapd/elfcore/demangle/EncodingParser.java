package dev.stackmapd.elfcore.demangle;

/// Parses `<encoding>` and `<special-name>` (Itanium C++ ABI 5.1 and 5.1.4).
final class EncodingParser {

    private static final int VTABLE = Text.of("vtable for ");
    private static final int VTT = Text.of("VTT for ");
    private static final int TYPEINFO = Text.of("typeinfo for ");
    private static final int TYPEINFO_NAME = Text.of("typeinfo name for ");
    private static final int TEMPLATE_OBJECT = Text.of("template parameter object for ");
    private static final int COVARIANT_THUNK = Text.of("covariant return thunk to ");
    private static final int VIRTUAL_THUNK = Text.of("virtual thunk to ");
    private static final int NON_VIRTUAL_THUNK = Text.of("non-virtual thunk to ");
    private static final int TLS_WRAPPER = Text.of("thread-local wrapper routine for ");
    private static final int TLS_INIT = Text.of("thread-local initialization routine for ");
    private static final int GUARD = Text.of("guard variable for ");
    private static final int TEMPORARY = Text.of("reference temporary for ");
    private static final int MODULE_INIT = Text.of("initializer for module ");

    private final ItaniumParser parser;
    private final Mangled in;
    private final Nodes nodes;

    EncodingParser(ItaniumParser parser) {
        this.parser = parser;
        in = parser.in;
        nodes = parser.nodes;
    }

    /// Reads `<function name> <bare-function-type> | <data name> | <special-name>`. It has its own
    /// template parameters.
    int encoding() {
        if (!parser.budget.enter()) {
            return parser.fail();
        }
        int outer = parser.scopes.enterEncoding();
        int node = in.look() == 'G' || in.look() == 'T' ? special() : function();
        parser.scopes.leaveEncoding(outer);
        parser.budget.leave();
        return node;
    }

    private boolean atEnd() {
        return in.atEnd() || in.look() == 'E' || in.look() == '.' || in.look() == '_';
    }

    private int function() {
        NameFacts facts = new NameFacts(NameFacts.Position.ENCODING);
        int references = parser.unresolvedReferences();
        int name = parser.names.name(facts);
        parser.resolveReferences(references);
        if (atEnd()) {
            return name;
        }
        int enableIf = in.take("Ua9enable_ifI") ? parser.templates.argumentList() : Nodes.EMPTY_LIST;
        int returned = !facts.withoutReturnType && facts.endsWithTemplateArguments ? parser.types.type() : Nodes.NONE;
        int parameters = parameters();
        int requires = in.take('Q') ? parser.expressions.constraint() : Nodes.NONE;
        int extra = Nodes.NONE;
        if ((facts.qualifiers | enableIf | requires) != 0 || facts.explicitObject) {
            extra = nodes.add(
                    NodeKind.ENCODING_EXTRA, facts.qualifiers, enableIf, requires, facts.explicitObject ? 1 : 0);
        }
        return nodes.add(NodeKind.ENCODING, Shape.FUNCTION, Precedence.PRIMARY, returned, name, parameters, extra);
    }

    private int parameters() {
        if (in.take('v')) {
            return Nodes.EMPTY_LIST;
        }
        int begin = nodes.beginList();
        do {
            nodes.push(parser.types.type());
        } while (in.ok() && !atEnd() && in.look() != 'Q');
        return nodes.endList(begin);
    }

    private int special() {
        return in.take('T') ? afterT() : afterG();
    }

    private int afterT() {
        int letter = in.look();
        if (letter == 'h' || letter == 'v') {
            callOffset();
            return of(letter == 'v' ? VIRTUAL_THUNK : NON_VIRTUAL_THUNK, encoding());
        }
        in.skip(in.atEnd() ? 0 : 1);
        return switch (letter) {
            case 'V' -> of(VTABLE, parser.types.type());
            case 'T' -> of(VTT, parser.types.type());
            case 'I' -> of(TYPEINFO, parser.types.type());
            case 'S' -> of(TYPEINFO_NAME, parser.types.type());
            case 'A' -> of(TEMPLATE_OBJECT, parser.templates.argument());
            case 'W' -> of(TLS_WRAPPER, parser.names.name(parser.elsewhere));
            case 'H' -> of(TLS_INIT, parser.names.name(parser.elsewhere));
            case 'C' -> constructionVtable();
            case 'c' -> covariantThunk();
            default -> parser.fail();
        };
    }

    private int constructionVtable() {
        int inside = parser.types.type();
        if (in.skipNumber() == 0) {
            return parser.fail();
        }
        in.require('_');
        return nodes.add(NodeKind.CONSTRUCTION_VTABLE, parser.types.type(), inside);
    }

    private int covariantThunk() {
        callOffset();
        callOffset();
        return of(COVARIANT_THUNK, encoding());
    }

    private int afterG() {
        in.require('G');
        if (in.take('V')) {
            return of(GUARD, parser.names.name(parser.elsewhere));
        }
        if (in.take('R')) {
            return temporary();
        }
        int module = in.take('I') ? parser.names.module() : Nodes.NONE;
        return module == Nodes.NONE ? parser.fail() : of(MODULE_INIT, module);
    }

    /// Reads `GR <object name> [<seq-id>] _`; older compilers omit the rest.
    private int temporary() {
        int name = parser.names.name(parser.elsewhere);
        boolean numbered = parser.names.skipSequenceId();
        if (!in.take('_') && numbered) {
            return parser.fail();
        }
        return of(TEMPORARY, name);
    }

    private int of(int text, int child) {
        return nodes.add(NodeKind.SPECIAL, text, child);
    }

    /// Reads `h <number> _ | v <number> _ <number> _`
    private void callOffset() {
        int numbers = in.take('h') ? 1 : 2;
        if (numbers == 2) {
            in.require('v');
        }
        for (int i = 0; i < numbers; i++) {
            if (in.skipNumber() == 0) {
                parser.fail();
            }
            in.require('_');
        }
    }
}
