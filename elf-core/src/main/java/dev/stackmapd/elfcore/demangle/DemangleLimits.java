package dev.stackmapd.elfcore.demangle;

/// Limits on the work and memory that one name may cost. Callers pass them in, so that a test can make
/// them small.
///
/// @param maxNameBytes a longer name, in UTF-8 bytes, is not read at all
/// @param maxDepth nesting of types, expressions and encodings in the mangled name; names with deeper
///     nesting are returned unchanged. The printer sees several nodes for one such level and may go
///     [#PRINTED_LEVELS] times as deep. 1 to 256: above, the stack of a small thread would not hold it
/// @param maxWork nodes made plus nodes printed; a name that needs more is returned unchanged. A short
///     name can need any amount, because substitutions multiply
/// @param maxOutputBytes longer results are cut here and end in [#TRUNCATED]
public record DemangleLimits(int maxNameBytes, int maxDepth, int maxWork, int maxOutputBytes) {

    /// The end of a result that was cut. It counts towards `maxOutputBytes`.
    public static final String TRUNCATED = "<truncated>";

    static final int PRINTED_LEVELS = 4;

    private static final int DEEPEST = 256;

    /// The default limits. Real names stay far below: the longest of a 2022 ceph-osd has some ten
    /// thousand bytes.
    public static final DemangleLimits DEFAULT = new DemangleLimits(1 << 16, DEEPEST, 1 << 17, 1 << 14);

    public DemangleLimits {
        requireBetween(1, maxNameBytes, 1 << 20, "maxNameBytes");
        requireBetween(1, maxDepth, DEEPEST, "maxDepth");
        requireBetween(1, maxWork, 1 << 24, "maxWork");
        requireBetween(TRUNCATED.length(), maxOutputBytes, 1 << 24, "maxOutputBytes");
    }

    private static void requireBetween(int least, int value, int most, String what) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s must be %d to %d, was %d".formatted(what, least, most, value));
        }
    }
}
