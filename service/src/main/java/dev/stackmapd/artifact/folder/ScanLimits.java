package dev.stackmapd.artifact.folder;

/// The limits of a scan of the operator's folders.
///
/// @param maxFiles regular files looked at in one scan, over all folders: a folder named by mistake may
///     be `/`
/// @param maxDepth folders below a named one
/// @param maxCopies files kept for one build-id; copies of the same file are of no use
/// @param maxAliases files with a build-id that are found by their htlhash too
public record ScanLimits(int maxFiles, int maxDepth, int maxCopies, int maxAliases) {
    public static final ScanLimits DEFAULT = new ScanLimits(200_000, 32, 8, 200_000);

    /// The heap of an htlhash and its table entry, in bytes.
    static final int ALIAS_BYTES = 128;

    public ScanLimits {
        if (maxFiles < 1 || maxDepth < 1 || maxCopies < 1 || maxAliases < 0) {
            throw new IllegalArgumentException("a scan limit below 1, or fewer than 0 aliases");
        }
    }

    /// Returns the same limits with another number of aliases: as many as fit into `bytes` of heap, at most
    /// [#maxFiles].
    public ScanLimits withAliasBytes(long bytes) {
        return new ScanLimits(maxFiles, maxDepth, maxCopies, Math.clamp(bytes / ALIAS_BYTES, 0, maxFiles));
    }
}
