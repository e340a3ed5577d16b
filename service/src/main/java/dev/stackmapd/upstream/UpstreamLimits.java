package dev.stackmapd.upstream;

import java.time.Duration;

/// The limits of the debuginfod client in time, bytes and concurrency.
///
/// @param connect for the name's look-up, and for connecting to each of its addresses
/// @param firstByte from the connection to the whole response head; also the longest silence in a body
/// @param whole one fetch with all its upstreams, waiting for its turn included
/// @param maxBytes of one file, counted as it arrives and again after inflation
/// @param maxFetches running at once of those with the same number of hops behind them; more wait
/// @param maxPerHost requests to one host at once of those with the same number of hops; more wait
/// @param retries after the first request; only for connect errors, 429, 502, 503 and 504
/// @param retryPause before the first retry, doubled for each further one, each shortened by up to a
///     half at random
/// @param longestPause a `Retry-After` beyond this is not waited for but reported
/// @param maxRedirects followed in one request
/// @param maxHops of `X-Forwarded-For` from which on a request stays here: debuginfod servers may form
///     loops
/// @param breakerFailures consecutive network failures after which the circuit breaker opens; one
///     failure is enough if a request got no response within its limit and no other one did meanwhile
/// @param breakerOpen how long the circuit breaker stays open before one request may try
/// @param maxRemembered files whose last answers are cached; the least used are evicted first
public record UpstreamLimits(
        Duration connect,
        Duration firstByte,
        Duration whole,
        long maxBytes,
        int maxFetches,
        int maxPerHost,
        int retries,
        Duration retryPause,
        Duration longestPause,
        int maxRedirects,
        int maxHops,
        int breakerFailures,
        Duration breakerOpen,
        int maxRemembered) {
    public static final UpstreamLimits DEFAULT = new UpstreamLimits(
            Duration.ofSeconds(3),
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            4L << 30,
            16,
            4,
            2,
            Duration.ofMillis(250),
            Duration.ofSeconds(10),
            3,
            8,
            5,
            Duration.ofSeconds(30),
            50_000);

    public UpstreamLimits {
        checkPositive(connect, "connect");
        checkPositive(firstByte, "firstByte");
        checkPositive(whole, "whole");
        checkPositive(retryPause, "retryPause");
        checkPositive(longestPause, "longestPause");
        checkPositive(breakerOpen, "breakerOpen");
        if (maxBytes < 1
                || maxFetches < 1
                || maxPerHost < 1
                || maxHops < 1
                || breakerFailures < 1
                || maxRemembered < 1) {
            throw new IllegalArgumentException("an upstream limit below 1");
        }
        if (retries < 0 || retries > 10 || maxRedirects < 0 || maxRedirects > 20) {
            throw new IllegalArgumentException("retries are 0 to 10 and maxRedirects 0 to 20");
        }
    }

    /// The same but for these two.
    public UpstreamLimits with(Duration whole, long maxBytes) {
        return new UpstreamLimits(
                connect,
                firstByte,
                whole,
                maxBytes,
                maxFetches,
                maxPerHost,
                retries,
                retryPause,
                longestPause,
                maxRedirects,
                maxHops,
                breakerFailures,
                breakerOpen,
                maxRemembered);
    }

    private static void checkPositive(Duration duration, String name) {
        if (!duration.isPositive() || duration.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(
                    "%s must be above 0 and at most a day, not %s".formatted(name, duration));
        }
    }
}
