package dev.stackmapd.elfcore.index;

/// Thrown if a binary needs more than the settings allow. Unchecked because it passes through a walk;
/// [IndexBuilder] converts it to a result.
final class BuildLimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param what what exceeds the limit, and the limit
    BuildLimitException(String what) {
        super(what);
    }
}
