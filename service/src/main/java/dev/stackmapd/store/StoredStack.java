package dev.stackmapd.store;

import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import java.time.Instant;

/// A stack with what is known of its sightings.
///
/// @param count sightings of all batches together; stays at 2^63−1 once it is reached
/// @param firstSeen the earliest time that a batch gave for it
/// @param lastSeen the latest
public record StoredStack(StackId id, Stack stack, long count, Instant firstSeen, Instant lastSeen) {}
