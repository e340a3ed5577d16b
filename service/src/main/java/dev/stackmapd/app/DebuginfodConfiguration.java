package dev.stackmapd.app;

import dev.stackmapd.app.metrics.Meters;
import dev.stackmapd.app.settings.ArtifactSettings;
import dev.stackmapd.app.settings.DebuginfodSettings;
import dev.stackmapd.app.settings.MemoryPlan;
import dev.stackmapd.app.settings.MemoryPlan.Table;
import dev.stackmapd.app.settings.ServiceSettings;
import dev.stackmapd.artifact.ArtifactSinkFactory;
import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.FetchedSources;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.debuginfod.DebuginfodMetrics;
import dev.stackmapd.debuginfod.SourceFiles;
import dev.stackmapd.upstream.AddressRules;
import dev.stackmapd.upstream.DebuginfodUpstreams;
import dev.stackmapd.upstream.NegativeTtls;
import dev.stackmapd.upstream.Upstream;
import dev.stackmapd.upstream.UpstreamHealth.BreakerState;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;

/// Makes both sides of debuginfod: the client of the upstreams, and what our own server needs beside its controller.
@Configuration(proxyBeanMethods = false)
class DebuginfodConfiguration {
    private final DebuginfodSettings settings;
    private final ArtifactSettings artifactSettings;
    private final MemoryPlan plan;

    DebuginfodConfiguration(DebuginfodSettings settings, ArtifactSettings artifactSettings, MemoryPlan plan) {
        this.settings = settings;
        this.artifactSettings = artifactSettings;
        this.plan = plan;
    }

    @Bean
    FetchedSources fetchedSources() {
        return new FetchedSources(plan.bytes(Table.SOURCES));
    }

    @Bean
    DebuginfodUpstreams debuginfodUpstreams(ArtifactStore store, FetchedSources sources) {
        return new DebuginfodUpstreams(
                settings.bases(),
                settings.limits(artifactSettings.maxFile().toBytes()),
                NegativeTtls.DEFAULT,
                AddressRules.of(settings.allow()),
                new ArtifactSinkFactory(store, sources));
    }

    /// Requests that wait for an upstream would otherwise keep the service from stopping for as long as a fetch may
    /// take.
    @Bean
    ApplicationListener<ContextClosedEvent> endOfFetches(DebuginfodUpstreams upstreams) {
        return event -> upstreams.stop();
    }

    @Bean
    SourceFiles sourceFiles(Artifacts artifacts, FetchedSources fetched) {
        return new SourceFiles(
                artifacts,
                ServiceSettings.paths(settings.sources()),
                fetched,
                artifactSettings.parseLimits(plan),
                plan.bytes(Table.SOURCE_NAMES));
    }

    @Bean
    DebuginfodMetrics debuginfodMetrics(MeterRegistry registry) {
        return new DebuginfodMetrics(registry);
    }

    @Bean
    MeterBinder upstreamMeters(DebuginfodUpstreams upstreams) {
        return registry -> {
            Meters.gauge(registry, "stackmapd.upstream.fetches", "Fetches that run or wait", upstreams, u ->
                    (double) u.fetches());
            for (Upstream upstream : settings.bases()) {
                Meters.gauge(
                        registry,
                        "stackmapd.upstream.open",
                        "1 while the circuit breaker of an upstream is open",
                        upstreams,
                        u -> isOpen(u, upstream),
                        "upstream",
                        upstream.base().toString());
            }
        };
    }

    private static double isOpen(DebuginfodUpstreams upstreams, Upstream upstream) {
        return upstreams.health().stream()
                .filter(health -> health.upstream().equals(upstream))
                .mapToDouble(health -> health.breaker() instanceof BreakerState.Open ? 1 : 0)
                .sum();
    }
}
