package dev.stackmapd.upstream;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// One upstream and what outlives a request to it.
///
/// @param slots by number of hops, shared with other upstreams on the same host
record UpstreamState(Upstream upstream, List<Semaphore> slots, CircuitBreaker breaker, AtomicInteger inFlight) {

    UpstreamHealth health(Instant now) {
        return new UpstreamHealth(upstream, breaker.state(now), inFlight.get());
    }
}
