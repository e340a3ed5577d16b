package dev.stackmapd.app;

import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.stackmapd.app.metrics.Meters;
import dev.stackmapd.app.settings.MemoryPlan;
import dev.stackmapd.app.settings.MemoryPlan.Table;
import dev.stackmapd.app.settings.StackmapdProperties;
import dev.stackmapd.artifact.ArtifactSinkFactory;
import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.FetchedSources;
import dev.stackmapd.artifact.LayoutCache;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.Conflict;
import dev.stackmapd.artifact.disk.Damage;
import dev.stackmapd.artifact.disk.Scrub;
import dev.stackmapd.artifact.folder.DirectoryArtifacts;
import dev.stackmapd.artifact.folder.LocalFiles;
import dev.stackmapd.artifact.folder.ScanLimits;
import dev.stackmapd.artifact.upload.PyroscopeUploads;
import dev.stackmapd.artifact.upload.Uploads;
import dev.stackmapd.debuginfod.DebuginfodMetrics;
import dev.stackmapd.debuginfod.SourceFiles;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.store.BinaryStore;
import dev.stackmapd.store.SeenBinary;
import dev.stackmapd.symbolize.Prewarming;
import dev.stackmapd.symbolize.SymbolCache;
import dev.stackmapd.symbolize.Symbolizer;
import dev.stackmapd.symbolize.SymbolizerLimits;
import dev.stackmapd.symbolize.index.IndexBuilds;
import dev.stackmapd.symbolize.index.IndexFolder;
import dev.stackmapd.upstream.AddressRules;
import dev.stackmapd.upstream.DebuginfodUpstreams;
import dev.stackmapd.upstream.NegativeTtls;
import dev.stackmapd.upstream.Upstream;
import dev.stackmapd.upstream.UpstreamHealth.BreakerState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.event.ContextClosedEvent;

/// Makes what has binaries and names: their files, wherever they are, and the symbolizer.
@Configuration(proxyBeanMethods = false)
class BinaryWiring {
    private static final Logger LOG = LoggerFactory.getLogger(BinaryWiring.class);

    private final MemoryPlan plan;

    BinaryWiring(MemoryPlan plan) {
        this.plan = plan;
    }

    @Bean
    DirectoryArtifacts directoryArtifacts(StackmapdProperties settings) {
        return new DirectoryArtifacts(
                StackmapdProperties.paths(settings.artifacts().directories()),
                ScanLimits.DEFAULT.withAliasBytes(plan.bytes(Table.HTLHASHES)),
                ParseLimits.DEFAULT);
    }

    @Bean
    ArtifactStore artifactStore(StackmapdProperties settings, BinaryStore binaries, MeterRegistry registry) {
        Path folder = Path.of(settings.artifacts().cache());
        try {
            ArtifactStore store = ArtifactStore.open(
                    folder.resolve("files"),
                    settings.artifacts().storeLimits(),
                    settings.artifacts().parseLimits(plan));
            if (store.report().recovered() + store.report().dropped() > 0) {
                LOG.error(
                        "files in the artifact store are damaged or have records of an older version: {}",
                        store.report());
            }
            store.seenBy(buildId -> binaries.find(buildId).map(SeenBinary::lastSeen));
            Meters.gauge(registry, "stackmapd.artifacts", "Binaries and debug files held in the store", store, s ->
                    (double) s.usage().artifacts());
            Meters.gauge(registry, "stackmapd.artifacts.bytes", "Bytes that the store takes on disk", store, s ->
                    (double) s.usage().bytes());
            Meters.gauge(
                    registry,
                    "stackmapd.artifacts.inflated.bytes",
                    "Bytes of them that inflated sections of open binaries take",
                    store,
                    s -> (double) s.scratchBytes());
            meterEvictions(registry, store);
            for (Damage.Noticed noticed : Damage.Noticed.values()) {
                FunctionCounter.builder("stackmapd.artifacts.damaged", store.damages(), d -> (double) d.count(noticed))
                        .tag("noticed", noticed.text())
                        .register(registry);
            }
            for (Conflict.Source source : Conflict.Source.values()) {
                FunctionCounter.builder("stackmapd.binary.conflicts", store.conflicts(), c -> (double) c.count(source))
                        .tag("source", source.text())
                        .register(registry);
            }
            return store;
        } catch (IOException e) {
            throw new InvalidConfigurationPropertyValueException(
                    "stackmapd.artifacts.cache", folder, "the folder cannot be made or used: " + reason(e));
        }
    }

    /// Files of binaries that were seen in stacks within 30 days are counted apart: they may have been the
    /// last copies.
    private static void meterEvictions(MeterRegistry registry, ArtifactStore store) {
        FunctionCounter.builder("stackmapd.artifacts.evicted", store, s ->
                        (double) s.usage().evicted())
                .tag("seen", "no")
                .register(registry);
        FunctionCounter.builder("stackmapd.artifacts.evicted", store, s ->
                        (double) s.usage().evictedSeen())
                .tag("seen", "recently")
                .register(registry);
    }

    /// Says why a folder cannot be used, without the names of Java's classes.
    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "this user may not write there";
            case FileAlreadyExistsException _ -> "a file is in its place";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    @Bean
    FetchedSources fetchedSources() {
        return new FetchedSources(plan.bytes(Table.SOURCES));
    }

    @Bean
    DebuginfodUpstreams debuginfodUpstreams(
            StackmapdProperties settings, ArtifactStore store, FetchedSources sources, MeterRegistry registry) {
        DebuginfodUpstreams upstreams = new DebuginfodUpstreams(
                settings.debuginfod().bases(),
                settings.debuginfod().limits(settings.artifacts().maxFile().toBytes()),
                NegativeTtls.DEFAULT,
                AddressRules.of(settings.debuginfod().allow()),
                new ArtifactSinkFactory(store, sources));
        Meters.gauge(registry, "stackmapd.upstream.fetches", "Fetches that run or wait", upstreams, u ->
                (double) u.fetches());
        for (Upstream upstream : settings.debuginfod().bases()) {
            Gauge.builder("stackmapd.upstream.open", upstreams, u -> isOpen(u, upstream))
                    .description("1 while an upstream is left alone because the network to it failed")
                    .tag("upstream", upstream.base().toString())
                    .register(registry);
        }
        return upstreams;
    }

    private static double isOpen(DebuginfodUpstreams upstreams, Upstream upstream) {
        return upstreams.health().stream()
                .filter(health -> health.upstream().equals(upstream))
                .mapToDouble(health -> health.breaker() instanceof BreakerState.Open ? 1 : 0)
                .sum();
    }

    /// Requests that wait for an upstream would otherwise keep the service from stopping for as long as a
    /// fetch may take.
    @Bean
    ApplicationListener<ContextClosedEvent> endOfFetches(DebuginfodUpstreams upstreams) {
        return event -> upstreams.stop();
    }

    @Bean
    LayoutCache rememberedLayouts(MeterRegistry registry) {
        LayoutCache remembered = new LayoutCache(plan.bytes(Table.LAYOUTS));
        Meters.gauge(registry, "stackmapd.layouts.bytes", "Heap that remembered load segments take", remembered, r ->
                (double) r.bytes());
        return remembered;
    }

    @Bean
    Artifacts artifacts(
            DirectoryArtifacts directories,
            ArtifactStore store,
            DebuginfodUpstreams upstreams,
            LayoutCache remembered,
            LocalFiles local) {
        return new Artifacts(directories, store, upstreams, remembered, local);
    }

    @Bean
    Uploads uploads(
            StackmapdProperties settings,
            ArtifactStore store,
            DebuginfodUpstreams upstreams,
            Artifacts artifacts,
            MeterRegistry registry) {
        long quota = settings.artifacts().cacheQuota().toBytes();
        return new Uploads(store, quota, upstreams, artifacts, registry);
    }

    /// Starts when those that have to be told of damages are there.
    @Bean(initMethod = "start")
    @DependsOn("symbolizer")
    Scrub scrub(StackmapdProperties settings, ArtifactStore store, MeterRegistry registry) {
        Scrub scrub = new Scrub(store, settings.artifacts().scrub());
        Meters.counter(registry, "stackmapd.artifacts.scrubbed.bytes", scrub, s -> (double) s.bytes());
        return scrub;
    }

    @Bean
    PyroscopeUploads pyroscopeUploads(Artifacts artifacts) {
        return new PyroscopeUploads(artifacts);
    }

    @Bean
    Prewarming prewarming(Symbolizer symbolizer, MeterRegistry registry) {
        Prewarming prewarming = new Prewarming(symbolizer);
        Meters.gauge(registry, "stackmapd.prewarm.waiting", "Binaries that wait to be opened", prewarming, p ->
                (double) p.waiting());
        return prewarming;
    }

    @Bean
    SourceFiles sourceFiles(StackmapdProperties settings, Artifacts artifacts, FetchedSources fetched) {
        return new SourceFiles(
                artifacts,
                StackmapdProperties.paths(settings.debuginfod().sources()),
                fetched,
                settings.artifacts().parseLimits(plan),
                plan.bytes(Table.SOURCE_NAMES));
    }

    @Bean
    DebuginfodMetrics debuginfodMetrics(MeterRegistry registry) {
        return new DebuginfodMetrics(registry);
    }

    @Bean
    IndexBuilds indexBuilds(StackmapdProperties settings, ArtifactStore store, MeterRegistry registry) {
        Path cache = Path.of(settings.artifacts().cache());
        IndexBuilds builds;
        try {
            builds = new IndexBuilds(
                    new IndexFolder(cache.resolve("indexes"), store),
                    StackmapdProperties.Artifacts.indexSettings(plan));
        } catch (IOException e) {
            throw new InvalidConfigurationPropertyValueException(
                    "stackmapd.artifacts.cache", cache, "the folder cannot be made or used: " + reason(e));
        }
        Meters.counter(registry, "stackmapd.indexes.built", builds, b -> (double) b.built());
        Meters.counter(registry, "stackmapd.indexes.failed", builds, b -> (double) b.notBuilt());
        Meters.counter(registry, "stackmapd.indexes.damaged", builds, b -> (double) b.damaged());
        Meters.gauge(
                registry, "stackmapd.indexes.waiting", "Builds that wait or run", builds, b -> (double) b.underWay());
        return builds;
    }

    @Bean
    Symbolizer symbolizer(
            StackmapdProperties settings, Artifacts artifacts, IndexBuilds builds, MeterRegistry registry) {
        Symbolizer symbolizer = new Symbolizer(
                artifacts,
                builds,
                SymbolizerLimits.DEFAULT.within(plan.bytes(Table.SYMBOLS), plan.readers()),
                settings.artifacts().parseLimits(plan));
        meter(registry, symbolizer.cache());
        return symbolizer;
    }

    private static void meter(MeterRegistry registry, SymbolCache cache) {
        Meters.gauge(registry, "stackmapd.cache.bytes", "Heap that open binaries and answers take", cache, c ->
                (double) c.bytes());
        for (SymbolCache.Kind kind : SymbolCache.Kind.values()) {
            String label = kind.name().toLowerCase(Locale.ROOT);
            FunctionCounter.builder("stackmapd.cache.hits", cache, c -> (double) c.hits(kind))
                    .tag("kind", label)
                    .register(registry);
            FunctionCounter.builder("stackmapd.cache.misses", cache, c -> (double) c.misses(kind))
                    .tag("kind", label)
                    .register(registry);
            for (RemovalCause cause : RemovalCause.values()) {
                FunctionCounter.builder("stackmapd.cache.removals", cache, c -> (double) c.removals(kind, cause))
                        .tags("kind", label, "cause", cause.name().toLowerCase(Locale.ROOT))
                        .register(registry);
            }
        }
    }

    @Bean
    ArtifactScans artifactScans(DirectoryArtifacts artifacts, Symbolizer symbolizer, StackmapdProperties settings) {
        return new ArtifactScans(artifacts, symbolizer, settings.artifacts().rescan());
    }
}
