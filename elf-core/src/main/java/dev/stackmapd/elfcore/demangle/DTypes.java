package dev.stackmapd.elfcore.demangle;

import java.util.Arrays;

/// Reads and prints `Type` of the D ABI.
final class DTypes {

    private static final int CONST = 1;
    private static final int IMMUTABLE = 2;
    private static final int SHARED = 4;
    private static final int INOUT = 8;

    /// The attributes of functions by the letter after `N`; letters without an attribute begin a type or
    /// a parameter.
    private static final String[] ATTRIBUTES = new String[128];

    static {
        Arrays.fill(ATTRIBUTES, "");
        ATTRIBUTES['a'] = "pure ";
        ATTRIBUTES['b'] = "nothrow ";
        ATTRIBUTES['c'] = "ref ";
        ATTRIBUTES['d'] = "@property ";
        ATTRIBUTES['e'] = "@trusted ";
        ATTRIBUTES['f'] = "@safe ";
        ATTRIBUTES['i'] = "@nogc ";
        ATTRIBUTES['j'] = "return ";
        ATTRIBUTES['l'] = "scope ";
        ATTRIBUTES['m'] = "@live ";
    }

    private final Mangled in;
    private final Output out;
    private final DDemangler names;

    DTypes(Mangled in, Output out, DDemangler names) {
        this.in = in;
        this.out = out;
        this.names = names;
    }

    /// Returns true if a letter is a call convention. Pascal's `V` is no longer in the language, and
    /// would be confused with the next template argument.
    static boolean isCallConvention(int letter) {
        return letter != 0 && "FUWRY".indexOf(letter) >= 0;
    }

    void type() {
        if (!names.enter()) {
            return;
        }
        int letter = in.look();
        String basic = basic(letter);
        if (basic.isEmpty()) {
            compound(letter);
        } else {
            in.skip(1);
            out.append(basic);
        }
        names.leave();
    }

    private void compound(int letter) {
        if (isCallConvention(letter)) {
            function();
            out.append("function");
            return;
        }
        in.skip(letter == 'Q' || in.atEnd() ? 0 : 1);
        switch (letter) {
            case 'O' -> wrapped("shared(");
            case 'x' -> wrapped("const(");
            case 'y' -> wrapped("immutable(");
            case 'N' -> afterN();
            case 'z' -> out.append(in.take('k') ? "ucent" : in.take('i') ? "cent" : failed());
            case 'A' -> {
                type();
                out.append("[]");
            }
            case 'G' -> staticArray();
            case 'H' -> associativeArray();
            case 'P' -> pointer();
            case 'C', 'S', 'E', 'T' -> names.qualified(DDemangler.Modifiers.HIDDEN);
            case 'D' -> delegate();
            case 'B' -> tuple();
            case 'Q' -> backReference();
            default -> in.fail();
        }
    }

    private String failed() {
        in.fail();
        return "";
    }

    private void wrapped(String open) {
        out.append(open);
        type();
        out.append(')');
    }

    private void afterN() {
        if (in.take('g')) {
            wrapped("inout(");
        } else if (in.take('h')) {
            wrapped("__vector(");
        } else if (in.take('n')) {
            out.append("typeof(*null)");
        } else {
            in.fail();
        }
    }

    /// Reads `G <number> <type>`
    private void staticArray() {
        int from = in.at();
        int digits = in.skipDigits();
        type();
        out.append('[');
        out.append(in.text(), from, digits);
        out.append(']');
    }

    /// Reads `H <key> <value>`, shown as `value[key]`.
    private void associativeArray() {
        int key = out.length();
        out.append('[');
        type();
        out.append(']');
        int value = out.length();
        type();
        out.swap(key, value);
    }

    private void pointer() {
        if (isCallConvention(in.look())) {
            function();
            out.append("function");
        } else {
            type();
            out.append('*');
        }
    }

    private void delegate() {
        int flags = modifiers();
        if (in.look() == 'Q') {
            int here = target();
            function();
            in.moveTo(here);
        } else {
            function();
        }
        out.append("delegate");
        printModifiers(out, flags);
    }

    private void tuple() {
        int count = in.number();
        out.append("Tuple!(");
        for (int i = 0; i < count && in.ok(); i++) {
            out.append(i > 0 ? ", " : "");
            type();
        }
        out.append(')');
    }

    private void backReference() {
        int here = target();
        type();
        in.moveTo(here);
    }

    /// Moves to the target of a back reference. Returns the position at which to continue afterwards.
    private int target() {
        int target = names.backReference();
        int here = in.at();
        if (target < 0) {
            in.fail();
        }
        in.moveTo(target);
        return here;
    }

    /// Reads `<call convention> <attributes> <parameters> <return type>`, shown as `type(parameters)
    /// attributes `.
    private void function() {
        if (!names.enter()) {
            return;
        }
        out.append(
                switch (in.look()) {
                    case 'U' -> "extern(C) ";
                    case 'W' -> "extern(Windows) ";
                    case 'R' -> "extern(C++) ";
                    case 'Y' -> "extern(Objective-C) ";
                    default -> "";
                });
        int begin = out.length();
        int attributes = in.at() + 1;
        parameters();
        int end = out.length();
        type();
        out.swap(begin, end);
        out.append(' ');
        int here = in.at();
        in.moveTo(attributes);
        while (in.ok() && !attribute().isEmpty()) {
            out.append(attribute());
            in.skip(2);
        }
        in.moveTo(here);
        names.leave();
    }

    private String attribute() {
        return in.look() == 'N' && in.look(1) > 0 ? ATTRIBUTES[in.look(1)] : "";
    }

    /// Reads `<call convention> <attributes> <parameter>* (X | Y | Z)`; only the parameters are shown.
    void parameters() {
        if (!isCallConvention(in.look())) {
            in.fail();
            return;
        }
        in.skip(1);
        while (in.ok() && !attribute().isEmpty()) {
            in.skip(2);
        }
        out.append('(');
        for (int i = 0; in.ok() && !in.take('Z'); i++) {
            if (in.take('X')) {
                out.append("...");
                break;
            }
            out.append(i > 0 ? ", " : "");
            if (in.take('Y')) {
                out.append("...");
                break;
            }
            parameter();
        }
        out.append(')');
    }

    private void parameter() {
        if (in.take('M')) {
            out.append("scope ");
        }
        if (in.take('N', 'k')) {
            out.append("return ");
        }
        if (in.take('I')) {
            out.append("in ");
            out.append(in.take('K') ? "ref " : "");
        } else if (in.take('J')) {
            out.append("out ");
        } else if (in.take('K')) {
            out.append("ref ");
        } else if (in.take('L')) {
            out.append("lazy ");
        }
        type();
    }

    /// Reads the modifiers of `this`.
    int modifiers() {
        int flags = 0;
        while (true) {
            if (in.take('x')) {
                flags |= CONST;
            } else if (in.take('y')) {
                flags |= IMMUTABLE;
            } else if (in.take('O')) {
                flags |= SHARED;
            } else if (in.take('N', 'g')) {
                flags |= INOUT;
            } else {
                return flags;
            }
        }
    }

    static void printModifiers(Output out, int flags) {
        out.append((flags & SHARED) != 0 ? " shared" : "");
        out.append((flags & INOUT) != 0 ? " inout" : "");
        out.append((flags & CONST) != 0 ? " const" : "");
        out.append((flags & IMMUTABLE) != 0 ? " immutable" : "");
    }

    private static String basic(int letter) {
        return switch (letter) {
            case 'a' -> "char";
            case 'b' -> "bool";
            case 'c' -> "creal";
            case 'd' -> "double";
            case 'e' -> "real";
            case 'f' -> "float";
            case 'g' -> "byte";
            case 'h' -> "ubyte";
            case 'i' -> "int";
            case 'j' -> "ireal";
            case 'k' -> "uint";
            case 'l' -> "long";
            case 'm' -> "ulong";
            case 'n' -> "typeof(null)";
            case 'o' -> "ifloat";
            case 'p' -> "idouble";
            case 'q' -> "cfloat";
            case 'r' -> "cdouble";
            case 's' -> "short";
            case 't' -> "ushort";
            case 'u' -> "wchar";
            case 'v' -> "void";
            case 'w' -> "dchar";
            default -> "";
        };
    }
}
