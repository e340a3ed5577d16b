package dev.stackmapd.dedupe;

/// Counters of an [ExactStackMap] since its creation.
///
/// @param inserts stacks stored, which is also the current number of stacks
/// @param hits searches that found a stack
/// @param aliases packed forms that equal a stored stack except for the reasons
/// @param bytes of the budget in use, reservations included
/// @param maxBytes the budget
public record ExactCounters(long inserts, long hits, long aliases, long bytes, long maxBytes) {}
