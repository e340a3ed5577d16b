package dev.stackmapd.artifact.folder;

/// The statistics of one scan. None of the errors is fatal.
///
/// @param files regular files looked at
/// @param indexed files that are held under their build-id or htlhash, damaged ones included
/// @param damaged those of them whose tables are broken
/// @param unreadable files and folders that could not be read
/// @param changed files added, changed or deleted since the scan before
/// @param outcome whether the scan was complete
public record ScanReport(int files, int indexed, int damaged, int unreadable, int changed, Completeness outcome) {

    public enum Completeness {
        COMPLETE,
        /// [ScanLimits#maxFiles] was reached; files that come later in the walk are not known.
        STOPPED_AT_LIMIT,
        /// All files were scanned, but more files have a build-id than [ScanLimits#maxAliases]. The
        /// others are not found by their htlhash.
        NOT_ALL_BY_HTLHASH
    }

    /// Returns the report of a scan after which not all files can be found by their htlhash.
    ScanReport withoutSomeAliases() {
        Completeness reached = outcome == Completeness.COMPLETE ? Completeness.NOT_ALL_BY_HTLHASH : outcome;
        return new ScanReport(files, indexed, damaged, unreadable, changed, reached);
    }
}
