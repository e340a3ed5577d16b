package dev.stackmapd.process;

/// How far one maps text may push us. Its bytes are the caller's to limit, before there is a text.
///
/// @param maxLines lines of one text, 1 or more; the kernel's own default limit of mappings is 65,530
/// @param maxWarnings warnings kept of one text, 0 or more; the rest is counted
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
