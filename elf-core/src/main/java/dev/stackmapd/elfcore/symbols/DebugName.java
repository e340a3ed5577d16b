package dev.stackmapd.elfcore.symbols;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.dwarf.FunctionNames;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;

/// The name that debug information gives a function, and what it is worth against those of symbols.
///
/// @param rawName the linkage name where there is one, else the plain name; empty where neither is known
public record DebugName(String rawName, Weight weight) {
    public DebugName {
        requireNonNull(rawName, "rawName");
        requireNonNull(weight, "weight");
    }

    /// What decides between a symbol of this name and its aliases.
    public enum Weight {
        /// This name: a mangled one says which function the lines are of.
        DECISIVE,
        /// Binding and underscores first, then this name: a library in C is full of aliases by intention, and
        /// `malloc` is what people call `__libc_malloc`.
        AMONG_EQUALS,
        /// Likewise, and the calling convention that Go's linker appends to names of symbols is left out, as it is in
        /// Go's own table.
        GO
    }

    public static DebugName of(FunctionNames names, SourceLanguage language) {
        Weight weight = switch (language) {
            case GO -> Weight.GO;
            case C, ASSEMBLER -> Weight.AMONG_EQUALS;
            case UNKNOWN, CPP, OBJECTIVE_C, D, RUST, SWIFT, FORTRAN, ADA, OTHER ->
                names.linkageName().isEmpty() ? Weight.AMONG_EQUALS : Weight.DECISIVE;
        };
        return new DebugName(weight == Weight.GO ? withoutAbi(names.rawName()) : names.rawName(), weight);
    }

    /// The name of a symbol as answers have it.
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
