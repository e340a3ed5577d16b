package dev.stackmapd.query;

import dev.stackmapd.elfcore.demangle.DemangleMode;
import dev.stackmapd.request.RejectionException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// Which names a response contains.
sealed interface RequestedNames {

    /// No names: frames are not symbolized.
    record None() implements RequestedNames {}

    /// The names of all frames that can be symbolized.
    record Demangled(DemangleMode mode) implements RequestedNames {}

    /// Parses the query parameter `demangle`.
    ///
    /// @throws RejectionException if it is none of the modes in lower case
    static Demangled demangled(String demangle) {
        return Arrays.stream(DemangleMode.values())
                .filter(mode -> text(mode).equals(demangle))
                .findFirst()
                .map(Demangled::new)
                .orElseThrow(() -> RejectionException.invalid("demangle", "must be one of " + all()));
    }

    private static String all() {
        return Arrays.stream(DemangleMode.values()).map(RequestedNames::text).collect(Collectors.joining(", "));
    }

    private static String text(DemangleMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }
}
