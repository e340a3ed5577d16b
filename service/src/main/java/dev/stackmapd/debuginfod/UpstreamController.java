package dev.stackmapd.debuginfod;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.StoreUsage;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.upstream.DebuginfodUpstreams;
import dev.stackmapd.upstream.Upstream;
import dev.stackmapd.upstream.UpstreamHealth;
import dev.stackmapd.upstream.UpstreamHealth.BreakerState;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/// `/v1/upstreams`: the state of the debuginfod servers of the configuration.
@RestController
@RequestMapping(path = "/v1/upstreams", produces = MediaType.APPLICATION_JSON_VALUE)
class UpstreamController {
    private final DebuginfodUpstreams upstreams;
    private final ArtifactStore store;

    UpstreamController(DebuginfodUpstreams upstreams, ArtifactStore store) {
        this.upstreams = upstreams;
        this.store = store;
    }

    /// @param upstreams in the operator's order
    record UpstreamsAnswer(List<Health> upstreams, Downloads downloads, Evicted evicted) {}

    /// @param held stored files that were fetched from upstreams
    /// @param seenRecently those of them whose binary was seen in stacks within
    ///     [ArtifactStore#RECENTLY]; they are evicted only when nothing else can be
    record Downloads(int held, int seenRecently) {}

    /// Files that were evicted since the service started.
    ///
    /// @param total of all origins
    /// @param seenRecently those of them whose binary had been seen in stacks within [ArtifactStore#RECENTLY]
    record Evicted(long total, long seenRecently) {}

    /// @param failures consecutive network failures; absent while the circuit breaker is open
    /// @param retryInSeconds until one request may try; absent unless the circuit breaker is open
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Health(
            String upstream,
            Breaker breaker,
            @Nullable Integer failures,
            @Nullable Long retryInSeconds,
            int inFlight) {

        static Health of(UpstreamHealth health) {
            String base = health.upstream().base().toString();
            return switch (health.breaker()) {
                case BreakerState.Closed closed ->
                    new Health(base, Breaker.CLOSED, closed.failures(), null, health.inFlight());
                case BreakerState.Open open ->
                    new Health(base, Breaker.OPEN, null, open.remaining().toSeconds(), health.inFlight());
                case BreakerState.HalfOpen half -> new Health(base, Breaker.HALF_OPEN, null, null, health.inFlight());
            };
        }
    }

    enum Breaker {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    @GetMapping
    UpstreamsAnswer all() {
        ArtifactStore.Downloads downloads = store.downloads();
        StoreUsage usage = store.usage();
        return new UpstreamsAnswer(
                upstreams.health().stream().map(Health::of).toList(),
                new Downloads(downloads.files(), downloads.seen()),
                new Evicted(usage.evicted() + usage.evictedSeen(), usage.evictedSeen()));
    }

    /// Closes an upstream's circuit breaker and removes its cached answers.
    @PostMapping("/reset")
    ResponseEntity<Void> reset(@RequestBody Which which) {
        if (!upstreams.reset(which.checked())) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "the URL is not an upstream of this service");
        }
        return ResponseEntity.noContent().build();
    }

    /// @param upstream its base URL
    record Which(@Nullable String upstream) {

        Upstream checked() {
            if (upstream == null) {
                throw RejectionException.invalid("upstream", "is missing");
            }
            try {
                return Upstream.of(upstream);
            } catch (IllegalArgumentException e) {
                throw RejectionException.invalid("upstream", "is not the base URL of an upstream");
            }
        }
    }
}
