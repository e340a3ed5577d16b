package dev.stackmapd.query;

import dev.stackmapd.elfcore.demangle.DemangleMode;
import dev.stackmapd.request.RefusedException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// Which names an answer carries.
sealed interface Names {

    /// No names: frames are not looked up.
    record None() implements Names {}

    /// Names of every frame that has some.
    record Demangled(DemangleMode mode) implements Names {}

    /// Reads the query parameter `demangle`.
    ///
    /// @throws RefusedException where it is none of the modes, in lower case
    static Demangled demangled(String demangle) {
        return Arrays.stream(DemangleMode.values())
                .filter(mode -> text(mode).equals(demangle))
                .findFirst()
                .map(Demangled::new)
                .orElseThrow(() -> RefusedException.invalid("demangle", "must be one of " + all()));
    }

    private static String all() {
        return Arrays.stream(DemangleMode.values()).map(Names::text).collect(Collectors.joining(", "));
    }

    private static String text(DemangleMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }
}
