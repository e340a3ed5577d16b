package dev.stackmapd.dedupe;

/// What an [ExactStackMap] did since it was made.
///
/// @param inserts stacks stored, which is also how many are there
/// @param hits searches that met a known stack
/// @param aliases packed forms that turned out to be a stored stack with other reasons
/// @param bytes of the budget in use, reservations included
/// @param maxBytes the budget
public record ExactCounters(long inserts, long hits, long aliases, long bytes, long maxBytes) {}
