package dev.stackmapd.elfcore.symbols;

import java.util.List;

/// Knows the suffixes that compilers and post-link optimizers give to the parts of one function: a
/// part's symbol is the function's name and such a suffix. Clones (`.constprop.0`, `.isra.0`, `.part.0`,
/// `.llvm.123`) are functions of their own and keep theirs.
///
/// | suffix | written by |
/// |---|---|
/// | `.cold`, `.cold.7` | gcc since 8, and before; clang's function splitting; llvm-bolt |
/// | `.warm`, `.warm.0` | llvm-bolt |
/// | `.__part.3`, `.eh` | clang's basic block sections |
public final class PartNames {
    private static final List<String> PLAIN = List.of(".cold", ".warm", ".eh");
    private static final List<String> NUMBERED = List.of(".cold.", ".warm.", ".__part.");

    private PartNames() {}

    /// Returns the raw name of the function that a symbol belongs to: the symbol's name without the
    /// suffixes of a part, or the very same name where it has none.
    public static String functionOf(String symbol) {
        String name = symbol;
        int length = lengthWithoutSuffix(name);
        while (length < name.length()) {
            name = name.substring(0, length);
            length = lengthWithoutSuffix(name);
        }
        return name;
    }

    private static int lengthWithoutSuffix(String name) {
        for (String suffix : PLAIN) {
            if (name.length() > suffix.length() && name.endsWith(suffix)) {
                return name.length() - suffix.length();
            }
        }
        int digits = name.length();
        while (digits > 0 && name.charAt(digits - 1) >= '0' && name.charAt(digits - 1) <= '9') {
            digits--;
        }
        for (String suffix : NUMBERED) {
            if (digits < name.length()
                    && digits > suffix.length()
                    && name.startsWith(suffix, digits - suffix.length())) {
                return digits - suffix.length();
            }
        }
        return name.length();
    }
}
