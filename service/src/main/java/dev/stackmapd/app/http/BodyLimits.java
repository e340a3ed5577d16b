package dev.stackmapd.app.http;

import java.time.Duration;

/// How far the sender of a request body may go.
///
/// @param maxEncoded bytes as sent
/// @param maxDecoded bytes after decompression
/// @param maxTime from the first to the last byte
public record BodyLimits(long maxEncoded, long maxDecoded, Duration maxTime) {
    /// Of control messages, and of every operation that does not say what it takes.
    static final BodyLimits MESSAGE = new BodyLimits(64 << 10, 64 << 10, Duration.ofSeconds(10));

    /// Of questions with lists: 100,000 frames with the longest build-ids.
    public static final BodyLimits QUESTION = new BodyLimits(16 << 20, 20 << 20, Duration.ofSeconds(60));
}
