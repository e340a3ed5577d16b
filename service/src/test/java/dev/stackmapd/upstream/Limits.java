package dev.stackmapd.upstream;

import java.time.Duration;

/// Makes [UpstreamLimits] for tests: one MiB, no retries, and a breaker that never opens unless said.
final class Limits {
    private Duration connect = Duration.ofSeconds(10);
    private Duration firstByte = Duration.ofSeconds(20);
    private Duration whole = Duration.ofSeconds(30);
    private int maxFetches = 16;
    private int maxPerHost = 16;
    private int retries;
    private Duration longestPause = Duration.ofSeconds(1);
    private int breakerFailures = 1_000;

    static final long MAX_BYTES = 1 << 20;

    private Limits() {}

    /// Nothing ends by time.
    static Limits patient() {
        return new Limits();
    }

    /// For upstreams that would take for ever; one slot for each host and one for all, so that one left behind
    /// is noticed at the next request.
    static Limits hasty() {
        Limits limits = new Limits();
        limits.connect = Duration.ofMillis(200);
        limits.firstByte = Duration.ofMillis(400);
        limits.whole = Duration.ofMillis(1_200);
        return limits.fetches(1).perHost(1);
    }

    Limits whole(Duration time) {
        whole = time;
        return this;
    }

    Limits fetches(int max) {
        maxFetches = max;
        return this;
    }

    Limits perHost(int max) {
        maxPerHost = max;
        return this;
    }

    Limits retries(int max) {
        retries = max;
        return this;
    }

    Limits breakerFailures(int failures) {
        breakerFailures = failures;
        return this;
    }

    UpstreamLimits build() {
        return new UpstreamLimits(
                connect,
                firstByte,
                whole,
                MAX_BYTES,
                maxFetches,
                maxPerHost,
                retries,
                Duration.ofMillis(1),
                longestPause,
                3,
                8,
                breakerFailures,
                Duration.ofSeconds(30),
                1_000);
    }
}
