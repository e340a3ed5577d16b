package dev.stackmapd.app;

import java.time.Duration;

/// How far the sender of a request body may go.
///
/// @param maxEncoded bytes as sent
/// @param maxDecoded bytes after decompression
/// @param maxTime from the first to the last byte
record BodyLimits(long maxEncoded, long maxDecoded, Duration maxTime) {}
