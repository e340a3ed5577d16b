package dev.stackmapd.artifact.disk;

import java.time.Instant;

/// That the bytes of a file had the digest which is recorded of them.
///
/// @param state the file's at that time; while it has the same one, its bytes are taken for the same
/// @param at when they were compared
record Verification(FileState state, Instant at) {}
