package dev.stackmapd.elfcore.demangle;

/// Demangles D names (the D ABI, "Name Mangling") with GNU's spelling. LLVM reads only names without a
/// type, and spells these the same way.
///
/// A name is printed while it is read: hidden text is removed from the output again, and a back
/// reference reads its target again. The budget bounds that.
final class DDemangler {

    private static final int LETTERS = 26;

    /// Symbols made by compilers that belong to another symbol. `Z` ends the whole name.
    private static final String[][] MADE = {
        {"6__initZ", "initializer for "},
        {"6__vtblZ", "vtable for "},
        {"7__ClassZ", "ClassInfo for "},
        {"11__InterfaceZ", "Interface for "},
        {"12__ModuleInfoZ", "ModuleInfo for "}
    };

    private final Mangled in;
    private final Output out;
    private final Budget budget;
    private final DTypes types;
    private final DValues values;

    private int start;
    private DemangleMode mode = DemangleMode.FULL;
    private int templateNesting;

    DDemangler(Mangled in, Output out, Budget budget) {
        this.in = in;
        this.out = out;
        this.budget = budget;
        types = new DTypes(in, out, this);
        values = new DValues(in, out, this);
    }

    /// Reads what follows `_D`.
    boolean demangle(DemangleMode shown) {
        start = in.at();
        mode = shown;
        templateNesting = 0;
        if (in.take("main")) {
            out.append("D main");
        } else if (in.looksAtDigit()) {
            out.append(prefix());
            mangled();
        } else {
            in.fail();
        }
        return in.ok() && (in.atEnd() || in.look() == '.');
    }

    private String prefix() {
        for (String[] made : MADE) {
            int from = in.end() - made[0].length();
            if (from > start && in.at(from, made[0])) {
                return made[1];
            }
        }
        return "";
    }

    /// Enters one level. Returns false if the budget is used up.
    boolean enter() {
        if (!budget.spend() || !budget.enter()) {
            in.fail();
        }
        return in.ok();
    }

    void leave() {
        budget.leave();
    }

    /// Reads `<qualified name> (Z | <type>)`; the type is that of a variable or what a function returns,
    /// and is not shown.
    void mangled() {
        qualified(Modifiers.SHOWN);
        if (!in.take('Z')) {
            int shown = out.length();
            types.type();
            out.cutTo(shown);
        }
    }

    /// The visibility of `const` and similar modifiers after the parameters of a method.
    enum Modifiers {
        SHOWN,
        HIDDEN
    }

    void qualified(Modifiers modifiers) {
        if (!enter()) {
            return;
        }
        int begin = out.length();
        do {
            while (in.take('0')) {
                // An anonymous scope has no name.
            }
            int before = out.length();
            if (before > begin) {
                out.append('.');
            }
            int name = out.length();
            symbol();
            if (out.length() == name) {
                out.cutTo(before);
            }
            if (looksAtSignature()) {
                signature(modifiers);
            }
        } while (in.ok() && looksAtSymbol());
        leave();
    }

    /// Returns true if a signature follows. An `M` without modifiers or a call convention after it is a
    /// `scope` parameter of another function.
    private boolean looksAtSignature() {
        int here = in.at();
        if (in.take('M')) {
            types.modifiers();
        }
        boolean signature = DTypes.isCallConvention(in.look());
        in.moveTo(here);
        return signature;
    }

    private void signature(Modifiers modifiers) {
        int before = out.length();
        in.take('M');
        int flags = types.modifiers();
        types.parameters();
        if (modifiers == Modifiers.SHOWN) {
            DTypes.printModifiers(out, flags);
        }
        if (mode != DemangleMode.FULL && templateNesting == 0) {
            out.cutTo(before);
        }
    }

    boolean looksAtSymbol() {
        if (in.looksAtDigit()) {
            return true;
        }
        if (in.look() == '_') {
            return in.look(1) == '_' && (in.look(2) == 'T' || in.look(2) == 'U');
        }
        if (in.look() != 'Q') {
            return false;
        }
        int here = in.at();
        int target = backReference();
        boolean symbol = target >= 0 && Mangled.isDigit(in.text()[target]);
        in.moveTo(here);
        return symbol;
    }

    /// Reads `Q <number>`, base 26, the last digit in lower case: the distance to the target. Returns its
    /// position, or -1 if it is not in the name.
    int backReference() {
        int here = in.at();
        in.skip(1);
        long distance = 0;
        while (distance <= here) {
            int letter = in.look();
            in.skip(in.atEnd() ? 0 : 1);
            if (letter >= 'a' && letter <= 'z') {
                distance = distance * LETTERS + (letter - 'a');
                return distance > 0 && distance <= here - start ? (int) (here - distance) : -1;
            }
            if (letter < 'A' || letter > 'Z') {
                return -1;
            }
            distance = distance * LETTERS + (letter - 'A');
        }
        return -1;
    }

    private void symbol() {
        if (!enter()) {
            return;
        }
        if (in.look() == 'Q') {
            int target = backReference();
            if (target < 0) {
                in.fail();
            }
            int here = in.at();
            in.moveTo(target);
            symbol();
            in.moveTo(here);
        } else if (in.look() == '_') {
            template();
        } else {
            lengthed();
        }
        leave();
    }

    private void lengthed() {
        int length = in.length();
        if (!in.ok()) {
            return;
        }
        int end = in.at() + length;
        if (length >= 5 && in.look() == '_' && looksAtSymbol()) {
            template();
            if (in.at() != end) {
                in.fail();
            }
        } else if (isFakeParent(length)) {
            in.skip(length);
            symbol();
        } else {
            name(length);
        }
    }

    /// Returns true for `__S <digits>`, which is no scope of the source.
    private boolean isFakeParent(int length) {
        if (length < 4 || !in.at(in.at(), "__S")) {
            return false;
        }
        for (int i = 3; i < length; i++) {
            if (!Mangled.isDigit(in.look(i))) {
                return false;
            }
        }
        return true;
    }

    private void name(int length) {
        int from = in.at();
        in.skip(length);
        boolean last = in.look() == 'Z' && in.at() + 1 == in.end();
        switch (length) {
            case 6 -> {
                if (in.at(from, "__ctor")) {
                    out.append("this");
                    return;
                }
                if (in.at(from, "__dtor")) {
                    out.append("~this");
                    return;
                }
            }
            case 10 -> {
                if (in.at(from, "__postblitMFZ")) {
                    in.skip(3);
                    out.append("this(this)");
                    return;
                }
            }
            default -> {
                // No special name has this length.
            }
        }
        if (!last || prefix().isEmpty()) {
            out.append(in.text(), from, length);
        }
    }

    /// Reads `__T <symbol> <argument>* Z`
    private void template() {
        in.skip(3);
        symbol();
        int before = out.length();
        templateNesting++;
        out.append("!(");
        for (int i = 0; in.ok() && !in.take('Z'); i++) {
            out.append(i > 0 ? ", " : "");
            in.take('H');
            argument();
        }
        out.append(')');
        templateNesting--;
        if (mode == DemangleMode.SIMPLE) {
            out.cutTo(before);
        }
    }

    /// Reads `T <type> | V <type> <value> | S <symbol> | X <length> <text>`
    private void argument() {
        if (in.take('T')) {
            types.type();
        } else if (in.take('V')) {
            values.typed();
        } else if (in.take('S')) {
            if (in.take('_', 'D')) {
                mangled();
            } else {
                qualified(Modifiers.HIDDEN);
            }
        } else if (in.take('X')) {
            int length = in.length();
            out.append(in.text(), in.at(), length);
            in.skip(length);
        } else {
            in.fail();
        }
    }

    DTypes types() {
        return types;
    }
}
