package dev.stackmapd.elfcore.index;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.elf.BuildId;

/// The binary that an index was built from, and the program that built it.
///
/// @param buildId of the binary
/// @param toolVersion of the program that built the index, at most 255 characters of printable ASCII
public record IndexOrigin(BuildId buildId, String toolVersion) {
    public IndexOrigin {
        requireNonNull(buildId, "buildId");
        if (toolVersion.length() > 255 || !toolVersion.chars().allMatch(IndexOrigin::isPrintable)) {
            throw new IllegalArgumentException("the tool version is not short printable ASCII: " + toolVersion);
        }
    }

    static boolean isPrintable(int character) {
        return character >= ' ' && character <= '~';
    }
}
