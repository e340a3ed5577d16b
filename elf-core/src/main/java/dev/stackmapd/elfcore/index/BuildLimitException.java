package dev.stackmapd.elfcore.index;

/// A binary needs more than the settings allow. Unchecked because it passes through a walk; [IndexBuilder] turns
/// it into an outcome.
final class BuildLimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param what there is too much of, and the limit
    BuildLimitException(String what) {
        super(what);
    }
}
