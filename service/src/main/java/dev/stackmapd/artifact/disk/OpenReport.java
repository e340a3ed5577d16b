package dev.stackmapd.artifact.disk;

/// What was found in a store's folder when it was opened.
///
/// @param artifacts that are held
/// @param recovered of them whose records were broken and were made anew
/// @param dropped records that were broken, with no file to make them from
/// @param swept files that no record spoke of, removed
public record OpenReport(int artifacts, int recovered, int dropped, int swept) {}
