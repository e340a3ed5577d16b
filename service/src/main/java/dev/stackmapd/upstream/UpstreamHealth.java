package dev.stackmapd.upstream;

/// How one upstream is doing, at one moment.
///
/// @param inFlight requests to it that are running
public record UpstreamHealth(Upstream upstream, BreakerState breaker, int inFlight) {}
