package dev.stackmapd.process;

import static java.util.Objects.requireNonNull;

import java.util.List;

/// The mappings of one maps text, and the lines that yield none.
///
/// @param warnings in the order of lines, at most [MapsLimits#maxWarnings]
/// @param omittedWarnings number of warnings beyond those
public record ParsedMaps(VmaIndex vmas, List<MapsWarning> warnings, int omittedWarnings) implements MapsParseResult {
    public ParsedMaps {
        requireNonNull(vmas, "vmas");
        warnings = List.copyOf(warnings);
        if (omittedWarnings < 0) {
            throw new IllegalArgumentException("omittedWarnings must not be negative, was " + omittedWarnings);
        }
    }
}
