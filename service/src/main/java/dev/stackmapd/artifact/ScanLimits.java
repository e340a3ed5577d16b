package dev.stackmapd.artifact;

/// How far a scan of the operator's folders goes.
///
/// @param maxFiles regular files looked at in one scan, over all folders: a folder named by mistake may be `/`
/// @param maxDepth folders below a named one
/// @param maxCopies files kept for one build-id; copies of the same file are of no use
public record ScanLimits(int maxFiles, int maxDepth, int maxCopies) {
    public static final ScanLimits DEFAULT = new ScanLimits(200_000, 32, 8);

    public ScanLimits {
        if (maxFiles < 1 || maxDepth < 1 || maxCopies < 1) {
            throw new IllegalArgumentException("a scan limit below 1");
        }
    }
}
