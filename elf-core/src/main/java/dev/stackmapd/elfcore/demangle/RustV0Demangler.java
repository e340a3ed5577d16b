package dev.stackmapd.elfcore.demangle;

/// Demangles Rust's v0 scheme (RFC 2603) with LLVM's spelling: without hashes of crates and types of
/// constants.
///
/// A name is printed while it is read; a back reference reads its target again. Budget and output cap
/// bound that.
final class RustV0Demangler {

    /// The kind of place of a path, which decides whether `::` is printed before generic arguments.
    private enum Context {
        VALUE,
        TYPE
    }

    /// The treatment of the `>` of a path's last generic arguments.
    private enum LastAngle {
        CLOSED,
        /// The caller prints it after associated types.
        OPEN
    }

    private final Mangled in;
    private final Output out;
    private final Budget budget;
    private final RustTokens tokens;
    private final RustConstants constants;
    private final RustLifetimes lifetimes;

    private int silence;
    private boolean showsGenerics;
    private int start;

    RustV0Demangler(Mangled in, Output out, Budget budget) {
        this.in = in;
        this.out = out;
        this.budget = budget;
        tokens = new RustTokens(in);
        constants = new RustConstants(in, tokens);
        lifetimes = new RustLifetimes(in);
    }

    /// Reads what follows `_R`.
    boolean demangle(DemangleMode mode) {
        start = in.at();
        silence = 0;
        lifetimes.restore(0);
        showsGenerics = mode != DemangleMode.SIMPLE;
        budget.startPrinting();
        path(Context.VALUE, LastAngle.CLOSED);
        if (in.ok() && !in.atEnd() && in.look() != '.') {
            silence++;
            path(Context.VALUE, LastAngle.CLOSED);
        }
        return in.ok() && (in.atEnd() || in.look() == '.');
    }

    private boolean enter() {
        if (!budget.spend() || !budget.enter()) {
            in.fail();
            return false;
        }
        return in.ok();
    }

    private void print(String text) {
        if (silence == 0) {
            out.append(text);
        }
    }

    private void print(char c) {
        if (silence == 0) {
            out.append(c);
        }
    }

    /// @return true if the `>` of generic arguments has not been printed yet
    private boolean path(Context context, LastAngle lastAngle) {
        if (!enter()) {
            return false;
        }
        int letter = in.look();
        in.skip(in.atEnd() ? 0 : 1);
        boolean open = false;
        switch (letter) {
            case 'C' -> {
                tokens.optionalNumber('s');
                identifier();
            }
            case 'M' -> {
                implPath(context);
                print('<');
                type();
                print('>');
            }
            case 'X' -> {
                implPath(context);
                traitOf();
            }
            case 'Y' -> traitOf();
            case 'N' -> nested(context);
            case 'I' -> open = generic(context, lastAngle);
            case 'B' -> open = backReferenceToPath(context, lastAngle);
            default -> in.fail();
        }
        budget.leave();
        return open;
    }

    private void implPath(Context context) {
        silence++;
        tokens.optionalNumber('s');
        path(context, LastAngle.CLOSED);
        silence--;
    }

    private void traitOf() {
        print('<');
        type();
        print(" as ");
        path(Context.TYPE, LastAngle.CLOSED);
        print('>');
    }

    /// Reads `N <namespace> <path> <identifier>`; upper-case namespaces are for entities without a name
    /// of their own.
    private void nested(Context context) {
        int namespace = in.look();
        boolean special = namespace >= 'A' && namespace <= 'Z';
        if (!special && (namespace < 'a' || namespace > 'z')) {
            in.fail();
            return;
        }
        in.skip(1);
        path(context, LastAngle.CLOSED);
        long disambiguator = tokens.optionalNumber('s');
        tokens.identifier();
        boolean named = tokens.length() > 0;
        if (special) {
            print("::{");
            print(
                    switch (namespace) {
                        case 'C' -> "closure";
                        case 'S' -> "shim";
                        default -> String.valueOf((char) namespace);
                    });
            print(named ? ":" : "");
            printIdentifier();
            print("#" + Long.toUnsignedString(disambiguator) + "}");
        } else if (named) {
            print("::");
            printIdentifier();
        }
    }

    private void identifier() {
        tokens.identifier();
        printIdentifier();
    }

    private void printIdentifier() {
        if (silence == 0) {
            tokens.print(out);
        }
    }

    private boolean generic(Context context, LastAngle lastAngle) {
        path(context, LastAngle.CLOSED);
        int outer = silence;
        silence += showsGenerics ? 0 : 1;
        print(context == Context.VALUE ? "::<" : "<");
        for (int i = 0; in.ok() && !in.take('E'); i++) {
            print(i > 0 ? ", " : "");
            argument();
        }
        boolean open = lastAngle == LastAngle.OPEN;
        print(open ? "" : ">");
        silence = outer;
        return open;
    }

    private void argument() {
        if (in.take('L')) {
            print(lifetimes.name(tokens.number()));
        } else if (in.take('K')) {
            constant();
        } else {
            type();
        }
    }

    private boolean backReferenceToPath(Context context, LastAngle lastAngle) {
        int back = target();
        if (back < 0) {
            return false;
        }
        int here = in.at();
        in.moveTo(back);
        boolean open = path(context, lastAngle);
        in.moveTo(here);
        return open;
    }

    /// Returns the target of a back reference, or -1 if its text is not printed.
    private int target() {
        int before = in.at() - 1 - start;
        long target = tokens.number();
        if (Long.compareUnsigned(target, before) >= 0) {
            in.fail();
        }
        return in.ok() && silence == 0 && !out.full() ? start + (int) target : -1;
    }

    private void type() {
        if (!enter()) {
            return;
        }
        int letter = in.look();
        String basic = RustTokens.basicType(letter);
        if (!basic.isEmpty()) {
            in.skip(1);
            print(basic);
        } else {
            compound(letter);
        }
        budget.leave();
    }

    private void compound(int letter) {
        if (letter == 0 || "ASTRQPOFDB".indexOf(letter) < 0) {
            path(Context.TYPE, LastAngle.CLOSED);
            return;
        }
        in.skip(1);
        switch (letter) {
            case 'A' -> {
                print('[');
                type();
                print("; ");
                constant();
                print(']');
            }
            case 'S' -> {
                print('[');
                type();
                print(']');
            }
            case 'T' -> tuple();
            case 'R' -> reference("");
            case 'Q' -> reference("mut ");
            case 'P' -> pointer("*const ");
            case 'O' -> pointer("*mut ");
            case 'F' -> function();
            case 'D' -> dynamic();
            default -> backReferenceToType();
        }
    }

    private void tuple() {
        print('(');
        int i = 0;
        for (; in.ok() && !in.take('E'); i++) {
            print(i > 0 ? ", " : "");
            type();
        }
        print(i == 1 ? ",)" : ")");
    }

    private void reference(String mutability) {
        print('&');
        if (in.take('L')) {
            long lifetime = tokens.number();
            if (lifetime != 0) {
                print(lifetimes.name(lifetime));
                print(' ');
            }
        }
        print(mutability);
        type();
    }

    private void pointer(String sign) {
        print(sign);
        type();
    }

    private void backReferenceToType() {
        int back = target();
        if (back >= 0) {
            int here = in.at();
            in.moveTo(back);
            type();
            in.moveTo(here);
        }
    }

    /// Reads `[<binder>] [U] [K <abi>] <type>* E <type>`
    private void function() {
        long outer = lifetimes.bound();
        binder();
        print(in.take('U') ? "unsafe " : "");
        if (in.take('K')) {
            print("extern \"");
            abi();
            print("\" ");
        }
        print("fn(");
        for (int i = 0; in.ok() && !in.take('E'); i++) {
            print(i > 0 ? ", " : "");
            type();
        }
        print(')');
        if (!in.take('u')) {
            print(" -> ");
            type();
        }
        lifetimes.restore(outer);
    }

    private void abi() {
        if (in.take('C')) {
            print('C');
            return;
        }
        tokens.identifier();
        if (silence == 0) {
            tokens.printAbi(out);
        }
    }

    /// Reads `[<binder>] <dyn-trait>* E L <lifetime>`
    private void dynamic() {
        long outer = lifetimes.bound();
        print("dyn ");
        binder();
        for (int i = 0; in.ok() && !in.take('E'); i++) {
            print(i > 0 ? " + " : "");
            dynamicTrait();
        }
        lifetimes.restore(outer);
        in.require('L');
        long lifetime = tokens.number();
        if (lifetime != 0) {
            print(" + ");
            print(lifetimes.name(lifetime));
        }
    }

    /// Reads `<path> (p <identifier> <type>)*`
    private void dynamicTrait() {
        boolean open = path(Context.TYPE, LastAngle.OPEN);
        int outer = silence;
        silence += showsGenerics ? 0 : 1;
        while (in.ok() && in.take('p')) {
            print(open ? ", " : "<");
            open = true;
            identifier();
            print(" = ");
            type();
        }
        print(open ? ">" : "");
        silence = outer;
    }

    /// Reads `G <number>`: the number of lifetimes bound from here on.
    private void binder() {
        long bound = tokens.optionalNumber('G');
        if (bound == 0) {
            return;
        }
        if (Long.compareUnsigned(bound, in.end() - lifetimes.bound()) >= 0) {
            in.fail();
            return;
        }
        print("for<");
        for (long i = 0; i < bound; i++) {
            print(i > 0 ? ", " : "");
            print(lifetimes.bind());
        }
        print("> ");
    }

    private void constant() {
        if (!enter()) {
            return;
        }
        if (in.take('B')) {
            int back = target();
            if (back >= 0) {
                int here = in.at();
                in.moveTo(back);
                constant();
                in.moveTo(here);
            }
        } else {
            print(constants.text());
        }
        budget.leave();
    }
}
