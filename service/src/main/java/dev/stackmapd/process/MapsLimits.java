package dev.stackmapd.process;

/// Limits for parsing one maps text. The caller limits its bytes before it reads the text.
///
/// @param maxLines lines of one text, 1 or more; the kernel's own default limit of mappings is 65,530
/// @param maxWarnings warnings that are kept for one text, 0 or more; further ones are only counted
public record MapsLimits(int maxLines, int maxWarnings) {
    public static final MapsLimits DEFAULT = new MapsLimits(65_536, 100);

    public MapsLimits {
        if (maxLines < 1) {
            throw new IllegalArgumentException("maxLines must be at least 1, was " + maxLines);
        }
        if (maxWarnings < 0) {
            throw new IllegalArgumentException("maxWarnings must not be negative, was " + maxWarnings);
        }
    }
}
