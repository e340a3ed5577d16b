package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Gathers the parts that were skipped while one table was read: a few of each scope, without
/// repetitions. Not thread-safe while it is filled.
final class Skips {
    private static final int KEPT_PER_SCOPE = 4;
    private static final Pattern SECTION_NAME = Pattern.compile(" (\\.debug_[a-z_]+(?:\\.dwo)?)(?: inflated)?$");

    private final List<SkippedPart> parts = new ArrayList<>();

    void add(SkippedPart.Scope scope, MalformedBinaryException why) {
        add(part(scope, why));
    }

    static SkippedPart part(SkippedPart.Scope scope, MalformedBinaryException why) {
        String detail = "%s: offset 0x%x: %s".formatted(why.source(), why.offset(), why.reason());
        return new SkippedPart(scope, lacking(scope, why), detail);
    }

    private static LackingPart lacking(SkippedPart.Scope scope, MalformedBinaryException why) {
        if (why instanceof LackingPartException lacking) {
            return lacking.part();
        }
        return LackingPart.section(section(scope, why.source()), why);
    }

    /// Returns the name of the section that was read, from the source of an error: the file's name, a
    /// space, and the section's name. Anything else may be the name of a file of this host and is not
    /// used.
    private static String section(SkippedPart.Scope scope, String source) {
        Matcher named = SECTION_NAME.matcher(source);
        return named.find() ? named.group(1) : usual(scope);
    }

    private static String usual(SkippedPart.Scope scope) {
        return switch (scope) {
            case LINES -> ".debug_line";
            case UNITS, UNIT_RANGES, UNIT, FUNCTIONS, INLINED_CALLS, NAMES, SPLIT_FILE -> ".debug_info";
            case ALTERNATE_FILE -> ".gnu_debugaltlink";
        };
    }

    void add(SkippedPart skipped) {
        long same =
                parts.stream().filter(part -> part.scope() == skipped.scope()).count();
        if (same < KEPT_PER_SCOPE && !parts.contains(skipped)) {
            parts.add(skipped);
        }
    }

    void addAll(Skips others) {
        others.parts.forEach(this::add);
    }

    List<SkippedPart> list() {
        return List.copyOf(parts);
    }
}
