package dev.stackmapd.artifact;

/// What one scan saw. Nothing in it is fatal.
///
/// @param files regular files looked at
/// @param indexed files with a build-id, damaged ones included
/// @param damaged files with a build-id whose tables are broken
/// @param unreadable files and folders that could not be read
/// @param changed files indexed, changed or gone since the scan before
/// @param outcome whether everything was looked at
public record ScanReport(int files, int indexed, int damaged, int unreadable, int changed, Outcome outcome) {

    public enum Outcome {
        COMPLETE,
        /// [ScanLimits#maxFiles] was reached; files that come later in the walk are not known.
        STOPPED_AT_LIMIT
    }
}
