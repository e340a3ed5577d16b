package dev.stackmapd.elfcore.symbols;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.dwarf.FunctionNames;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;

/// The name of a function in debug information, and its weight against the names of symbols.
///
/// @param rawName the linkage name where there is one, else the plain name; empty where neither is known
public record DebugName(String rawName, Weight weight) {
    public DebugName {
        requireNonNull(rawName, "rawName");
        requireNonNull(weight, "weight");
    }

    /// The rule that decides between a symbol of this name and its aliases.
    public enum Weight {
        /// This name decides: a mangled name identifies the function that the lines describe.
        DECISIVE,
        /// Binding and underscores decide first, then this name: a library in C has many intended
        /// aliases, and users know `__libc_malloc` as `malloc`.
        AMONG_EQUALS,
        /// As for [#AMONG_EQUALS]. In addition, the calling convention that Go's linker appends to names
        /// of symbols is removed, as in Go's own table.
        GO
    }

    /// Returns the raw name of a function. Its weight depends on the language, and on whether it is a
    /// linkage name.
    public static DebugName of(FunctionNames names, SourceLanguage language) {
        Weight weight = switch (language) {
            case GO -> Weight.GO;
            case C, ASSEMBLER -> Weight.AMONG_EQUALS;
            case UNKNOWN, CPP, OBJECTIVE_C, D, RUST, SWIFT, FORTRAN, ADA, OTHER ->
                names.linkageName().isEmpty() ? Weight.AMONG_EQUALS : Weight.DECISIVE;
        };
        return new DebugName(weight == Weight.GO ? withoutAbi(names.rawName()) : names.rawName(), weight);
    }

    /// Returns the form of a symbol's name that answers use.
    String shown(String symbol) {
        return weight == Weight.GO ? withoutAbi(symbol) : symbol;
    }

    private static String withoutAbi(String name) {
        for (String suffix : new String[] {".abi0", ".abiinternal"}) {
            if (name.endsWith(suffix)) {
                return name.substring(0, name.length() - suffix.length());
            }
        }
        return name;
    }
}
