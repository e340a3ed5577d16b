package dev.stackmapd.artifact.folder;

/// What one scan saw. Nothing in it is fatal.
///
/// @param files regular files looked at
/// @param indexed files that are held under their build-id or htlhash, damaged ones included
/// @param damaged those of them whose tables are broken
/// @param unreadable files and folders that could not be read
/// @param changed files indexed, changed or gone since the scan before
/// @param outcome whether everything was looked at
public record ScanReport(int files, int indexed, int damaged, int unreadable, int changed, Completeness outcome) {

    public enum Completeness {
        COMPLETE,
        /// [ScanLimits#maxFiles] was reached; files that come later in the walk are not known.
        STOPPED_AT_LIMIT,
        /// Everything was looked at, and there were more files with a build-id than [ScanLimits#maxAliases]. The others
        /// are not found by their htlhash.
        NOT_ALL_BY_HTLHASH
    }

    /// Returns the report of a scan after which not all files can be found by their htlhash.
    ScanReport withoutSomeAliases() {
        Completeness reached = outcome == Completeness.COMPLETE ? Completeness.NOT_ALL_BY_HTLHASH : outcome;
        return new ScanReport(files, indexed, damaged, unreadable, changed, reached);
    }
}
