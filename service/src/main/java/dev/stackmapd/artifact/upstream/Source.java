package dev.stackmapd.artifact.upstream;

import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// One upstream and what outlives a request to it.
///
/// @param slots shared with other upstreams on the same host
record Source(Upstream upstream, Semaphore slots, Breaker breaker, AtomicInteger inFlight) {

    UpstreamHealth health(Instant now) {
        return new UpstreamHealth(upstream, breaker.state(now), inFlight.get());
    }
}
