package dev.stackmapd.elfcore.demangle;

/// Prints [Nodes] in LLVM's spelling.
///
/// C++ declarators put a name in the middle of its type, so a node is printed in two halves: [#left]
/// before the declarator, and [#right] after it. Most nodes have no right half ([Shape]).
final class ItaniumPrinter {

    /// No pack has been met yet.
    static final int NO_PACK = -1;

    final Nodes nodes;
    final Mangled in;
    final Output out;
    private final Budget budget;
    private final NamePrinter names;
    private final TypePrinter types;
    private final ExpressionPrinter expressions;

    private DemangleMode mode = DemangleMode.FULL;
    private boolean failed;
    private int templateNesting;

    /// The index of the pack element that is being printed, and the number of elements.
    int packIndex;

    int packSize;

    /// This is 0 while a bare `>` would end the enclosing template arguments.
    private int openParentheses;

    ItaniumPrinter(Nodes nodes, Mangled in, Output out, Budget budget) {
        this.nodes = nodes;
        this.in = in;
        this.out = out;
        this.budget = budget;
        names = new NamePrinter(this);
        types = new TypePrinter(this);
        expressions = new ExpressionPrinter(this);
    }

    /// @return false if the budget did not suffice; then the output is not usable
    boolean print(int root, DemangleMode shown) {
        mode = shown;
        failed = false;
        templateNesting = 0;
        packIndex = NO_PACK;
        packSize = NO_PACK;
        openParentheses = 1;
        budget.startPrinting();
        print(root);
        return !failed;
    }

    void print(int node) {
        left(node);
        if (Shape.right(nodes.shape(node)) != 0) {
            right(node);
        }
    }

    void left(int node) {
        if (!enter()) {
            return;
        }
        int kind = nodes.kind(node);
        if (kind < NodeKind.FIRST_TYPE) {
            names.left(node, kind);
        } else if (kind < NodeKind.FIRST_EXPRESSION) {
            types.left(node, kind);
        } else {
            expressions.print(node, kind);
        }
        budget.leave();
    }

    void right(int node) {
        if (!enter()) {
            return;
        }
        if (nodes.kind(node) == NodeKind.ENCODING) {
            names.encodingRight(node);
        } else {
            types.right(node, nodes.kind(node));
        }
        budget.leave();
    }

    private boolean enter() {
        if (failed || out.full()) {
            return false;
        }
        if (!budget.spend() || !budget.enter()) {
            failed = true;
        }
        return !failed;
    }

    /// Returns true if the walk must stop because it would be endless or too expensive.
    boolean stopped() {
        return failed || out.full();
    }

    /// Prints an operand of an operator, in parentheses if it binds no tighter than `limit`.
    void operand(int node, int limit) {
        if (nodes.precedence(node) >= limit) {
            open('(');
            print(node);
            close(')');
        } else {
            print(node);
        }
    }

    /// Prints elements, with ", " between those that are not empty; an empty pack prints nothing.
    void list(int list) {
        boolean first = true;
        for (int i = 0; i < nodes.count(list) && !stopped(); i++) {
            int before = out.length();
            if (!first) {
                out.append(", ");
            }
            int start = out.length();
            operand(nodes.item(list, i), Precedence.COMMA);
            if (out.length() == start) {
                out.cutTo(before);
            } else {
                first = false;
            }
        }
    }

    /// Prints `<…>`, in which a bare `>` is put in parentheses.
    void angles(int list) {
        int outer = openParentheses;
        openParentheses = 0;
        templateNesting++;
        out.append('<');
        list(list);
        out.append('>');
        templateNesting--;
        openParentheses = outer;
    }

    /// Prints one node in `<…>`.
    void angled(int node) {
        int outer = openParentheses;
        openParentheses = 0;
        out.append('<');
        print(node);
        out.append('>');
        openParentheses = outer;
    }

    void open(char parenthesis) {
        openParentheses++;
        out.append(parenthesis);
    }

    void close(char parenthesis) {
        openParentheses--;
        out.append(parenthesis);
    }

    boolean angleWouldClose() {
        return openParentheses == 0;
    }

    boolean showsTemplateArguments() {
        return mode != DemangleMode.SIMPLE;
    }

    /// Returns true if the parameters of a function are shown. Those of the function itself and of
    /// enclosing functions are omitted, but not those of functions in template arguments.
    boolean showsParameters() {
        return mode == DemangleMode.FULL || templateNesting > 0;
    }

    void text(int text) {
        out.append(Text.bytes(text));
    }

    void piece(int at, int length) {
        out.append(in.text(), at, length);
    }

    /// Prints a number of the mangled name, in which `n` is the minus sign.
    void number(int at, int length) {
        if (length > 0 && in.text()[at] == 'n') {
            out.append('-');
            piece(at + 1, length - 1);
        } else {
            piece(at, length);
        }
    }

    void expand(int pattern) {
        types.expansion(pattern);
    }

    void closure(int closure) {
        names.closureDeclarator(closure);
    }

    boolean hasRight(int node) {
        return types.hasRight(node);
    }
}
