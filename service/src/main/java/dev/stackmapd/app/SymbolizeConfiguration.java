package dev.stackmapd.app;

import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.stackmapd.app.metrics.Meters;
import dev.stackmapd.app.settings.ArtifactSettings;
import dev.stackmapd.app.settings.MemoryPlan;
import dev.stackmapd.app.settings.MemoryPlan.Table;
import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.elfcore.index.IndexSettings;
import dev.stackmapd.symbolize.Prewarming;
import dev.stackmapd.symbolize.SymbolCache;
import dev.stackmapd.symbolize.Symbolizer;
import dev.stackmapd.symbolize.SymbolizerLimits;
import dev.stackmapd.symbolize.index.IndexBuilds;
import dev.stackmapd.symbolize.index.IndexFolder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Makes the symbolizer and the builds of its indexes.
@Configuration(proxyBeanMethods = false)
class SymbolizeConfiguration {
    private final ArtifactSettings settings;
    private final MemoryPlan plan;

    SymbolizeConfiguration(ArtifactSettings settings, MemoryPlan plan) {
        this.settings = settings;
        this.plan = plan;
    }

    @Bean
    IndexBuilds indexBuilds(ArtifactStore store) {
        return settings.inStorage(
                "indexes",
                folder -> new IndexBuilds(new IndexFolder(folder, store), IndexSettings.of(plan.bytes(Table.INDEX))));
    }

    @Bean
    Symbolizer symbolizer(Artifacts artifacts, IndexBuilds builds) {
        return new Symbolizer(
                artifacts,
                builds,
                SymbolizerLimits.DEFAULT.within(plan.bytes(Table.SYMBOLS), plan.readers()),
                settings.parseLimits(plan));
    }

    @Bean
    Prewarming prewarming(Symbolizer symbolizer) {
        return new Prewarming(symbolizer);
    }

    @Bean
    MeterBinder symbolizeMeters(IndexBuilds builds, Symbolizer symbolizer, Prewarming prewarming) {
        return registry -> {
            Meters.counter(
                    registry, "stackmapd.indexes.built", "Indexes that were built", builds, b -> (double) b.built());
            Meters.counter(
                    registry, "stackmapd.indexes.failed", "Builds of indexes that failed or were refused", builds, b ->
                            (double) b.notBuilt());
            Meters.counter(
                    registry, "stackmapd.indexes.damaged", "Indexes whose bytes had changed on the disk", builds, b ->
                            (double) b.damaged());
            Meters.gauge(registry, "stackmapd.indexes.waiting", "Builds of indexes that wait or run", builds, b ->
                    (double) b.underWay());
            Meters.gauge(registry, "stackmapd.prewarm.waiting", "Binaries that wait to be opened", prewarming, p ->
                    (double) p.waiting());
            meter(registry, symbolizer.cache());
        };
    }

    private static void meter(MeterRegistry registry, SymbolCache cache) {
        Meters.bytes(registry, "stackmapd.cache.bytes", "Heap that open binaries and answers take", cache, c ->
                (double) c.bytes());
        for (SymbolCache.EntryType kind : SymbolCache.EntryType.values()) {
            String label = kind.name().toLowerCase(Locale.ROOT);
            Meters.counter(
                    registry,
                    "stackmapd.cache.hits",
                    "Look-ups that the cache answered",
                    cache,
                    c -> (double) c.hits(kind),
                    "kind",
                    label);
            Meters.counter(
                    registry,
                    "stackmapd.cache.misses",
                    "Look-ups that the cache did not answer",
                    cache,
                    c -> (double) c.misses(kind),
                    "kind",
                    label);
            for (RemovalCause cause : RemovalCause.values()) {
                Meters.counter(
                        registry,
                        "stackmapd.cache.removals",
                        "Entries that left the cache",
                        cache,
                        c -> (double) c.removals(kind, cause),
                        "kind",
                        label,
                        "cause",
                        cause.name().toLowerCase(Locale.ROOT));
            }
        }
    }
}
