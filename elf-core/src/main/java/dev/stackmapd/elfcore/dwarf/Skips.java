package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Gathers what was skipped while one thing was read: a few of each part, without repetitions. Not
/// thread-safe while it is filled.
final class Skips {
    private static final int KEPT_OF_A_PART = 4;
    private static final Pattern SECTION_NAME = Pattern.compile(" (\\.debug_[a-z_]+(?:\\.dwo)?)(?: inflated)?$");

    private final List<SkippedPart> parts = new ArrayList<>();

    void add(SkippedPart.Part part, MalformedBinaryException why) {
        add(part(part, why));
    }

    static SkippedPart part(SkippedPart.Part part, MalformedBinaryException why) {
        String detail = "%s: offset 0x%x: %s".formatted(why.source(), why.offset(), why.reason());
        return new SkippedPart(part, lacking(part, why), detail);
    }

    private static LackingPart lacking(SkippedPart.Part part, MalformedBinaryException why) {
        if (why instanceof LackingPartException lacking) {
            return lacking.part();
        }
        return LackingPart.section(section(part, why.source()), why);
    }

    /// The section that was read, by what errors call it: the file's name, a space, and the section's name. Anything
    /// else there may be the name of a file of this host, and is not repeated.
    private static String section(SkippedPart.Part part, String source) {
        Matcher named = SECTION_NAME.matcher(source);
        return named.find() ? named.group(1) : usual(part);
    }

    private static String usual(SkippedPart.Part part) {
        return switch (part) {
            case LINES -> ".debug_line";
            case UNITS, UNIT_RANGES, UNIT, FUNCTIONS, INLINED_CALLS, NAMES, SPLIT_FILE -> ".debug_info";
            case ALTERNATE_FILE -> ".gnu_debugaltlink";
        };
    }

    void add(SkippedPart skipped) {
        long same = parts.stream().filter(part -> part.part() == skipped.part()).count();
        if (same < KEPT_OF_A_PART && !parts.contains(skipped)) {
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
