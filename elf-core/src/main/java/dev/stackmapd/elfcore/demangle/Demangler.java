package dev.stackmapd.elfcore.demangle;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Converts mangled names to the names in the source.
///
/// The prefix determines the scheme:
///
/// | prefix | scheme |
/// |---|---|
/// | `_ZN…17h<16 hex digits>E` | Rust, legacy |
/// | `_Z`, `__Z` | Itanium C++ |
/// | `___Z`, `____Z` | the same, for the invocation function of a block |
/// | `_R` | Rust v0 (RFC 2603) |
/// | `_D` and a digit, `_Dmain` | D |
///
/// Suffixes of compilers and linkers are separated while the name is read, and appended afterwards:
/// `.cold`, `.isra.0`, `.part.0`, `.constprop.0`, `.llvm.123` in parentheses as LLVM does, `@VERSION`
/// and `@@VERSION` as they are.
///
/// Not thread-safe: it reuses its buffers from name to name. It is cheap to create, but use one for a
/// whole batch.
public final class Demangler {

    private final DemangleLimits limits;
    private final Budget budget;
    private final Mangled in = new Mangled();
    private final Output out;
    private final ItaniumParser itanium;
    private final ItaniumPrinter printer;
    private final RustV0Demangler rustV0;
    private final RustLegacyDemangler rustLegacy;
    private final DDemangler d;

    /// Creates a demangler with [DemangleLimits#DEFAULT].
    public Demangler() {
        this(DemangleLimits.DEFAULT);
    }

    public Demangler(DemangleLimits limits) {
        this.limits = limits;
        budget = new Budget(limits);
        out = new Output(limits.maxOutputBytes());
        itanium = new ItaniumParser(in, budget);
        printer = new ItaniumPrinter(itanium.nodes, in, out, budget);
        rustV0 = new RustV0Demangler(in, out, budget);
        rustLegacy = new RustLegacyDemangler(in, out);
        d = new DDemangler(in, out, budget);
    }

    /// Returns the demangled name, or the very same string if it is not mangled, cannot be read or costs
    /// more than the limits allow. Never throws. Time and memory are bounded by the limits, whatever the
    /// name.
    public String demangle(String name, DemangleMode mode) {
        if (mode == DemangleMode.NONE || name.length() < 3 || name.charAt(0) != '_' || isTooLong(name)) {
            return name;
        }
        byte[] text = name.getBytes(UTF_8);
        if (text.length > limits.maxNameBytes()) {
            return name;
        }
        int end = endOfName(text);
        budget.startReading();
        out.reset();
        if (!scheme(text, end, mode)) {
            return name;
        }
        putBack(text, in.at(), end);
        return out.text();
    }

    /// Returns true if a name exceeds the limit, before any byte is copied; a character has at least one
    /// byte.
    private boolean isTooLong(String name) {
        return name.length() > limits.maxNameBytes();
    }

    /// Returns the work done for the last name.
    int work() {
        return budget.work();
    }

    /// Returns the end of the name, where the symbol version begins.
    private static int endOfName(byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (text[i] == '@') {
                return i;
            }
        }
        return text.length;
    }

    /// Demangles the name without its suffix. Afterwards the input is at the suffix, and the text is in
    /// the output.
    private boolean scheme(byte[] text, int end, DemangleMode mode) {
        int underscores = 1;
        while (underscores < 4 && underscores < end && text[underscores] == '_') {
            underscores++;
        }
        int letter = underscores < end ? text[underscores] : 0;
        in.reset(text, Math.min(underscores + 1, end), end);
        if (letter == 'Z') {
            return underscores > 2 ? block(mode) : rustLegacy.demangle() || itanium(mode);
        }
        if (underscores > 1) {
            return false;
        }
        return switch (letter) {
            case 'R' -> rustV0.demangle(mode);
            case 'D' -> d.demangle(mode);
            default -> false;
        };
    }

    private boolean itanium(DemangleMode mode) {
        int root = itanium.parse();
        return root != Nodes.NONE && isAtSuffix() && printer.print(root, mode);
    }

    private boolean isAtSuffix() {
        return in.atEnd() || in.look() == '.';
    }

    /// Reads `<encoding> _block_invoke [_] [<number>]`
    private boolean block(DemangleMode mode) {
        int root = itanium.parse();
        if (root == Nodes.NONE || !in.take("_block_invoke")) {
            return false;
        }
        boolean numbered = in.take('_');
        if (in.skipDigits() == 0 && numbered) {
            return false;
        }
        out.append("invocation function for block in ");
        return isAtSuffix() && printer.print(root, mode);
    }

    private void putBack(byte[] text, int suffix, int end) {
        if (suffix < end) {
            out.append(" (");
            out.append(text, suffix, end - suffix);
            out.append(')');
        }
        out.append(text, end, text.length - end);
    }
}
