package dev.stackmapd.app;

import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.stackmapd.artifact.ArtifactIntake;
import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.DebuginfodMetrics;
import dev.stackmapd.artifact.DirectoryArtifacts;
import dev.stackmapd.artifact.FetchedSources;
import dev.stackmapd.artifact.PyroscopeUploads;
import dev.stackmapd.artifact.ScanLimits;
import dev.stackmapd.artifact.SourceFiles;
import dev.stackmapd.artifact.Uploads;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.upstream.AddressRules;
import dev.stackmapd.artifact.upstream.BreakerState;
import dev.stackmapd.artifact.upstream.DebuginfodUpstreams;
import dev.stackmapd.artifact.upstream.NegativeLives;
import dev.stackmapd.artifact.upstream.Upstream;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.ingest.BatchDecoder;
import dev.stackmapd.ingest.BatchLedger;
import dev.stackmapd.ingest.BatchTranslation;
import dev.stackmapd.ingest.ComputeThreads;
import dev.stackmapd.ingest.IngestMetrics;
import dev.stackmapd.ingest.Ingestion;
import dev.stackmapd.ingest.MissingMaps;
import dev.stackmapd.ingest.NeighbourMaps;
import dev.stackmapd.ingest.Workers;
import dev.stackmapd.query.Answers;
import dev.stackmapd.resolve.FileAccess;
import dev.stackmapd.resolve.FileBuildIds;
import dev.stackmapd.resolve.HostFiles;
import dev.stackmapd.stack.BuildIds;
import dev.stackmapd.stackmap.KernelStackMaps;
import dev.stackmapd.store.StackStore;
import dev.stackmapd.store.memory.InMemoryStackStore;
import dev.stackmapd.symbolize.IndexBuilds;
import dev.stackmapd.symbolize.IndexFolder;
import dev.stackmapd.symbolize.Prewarming;
import dev.stackmapd.symbolize.SymbolCache;
import dev.stackmapd.symbolize.Symbolizer;
import dev.stackmapd.symbolize.SymbolizerLimits;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.json.JsonMapper;

/// Makes the rooms' objects and hands them to one another.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StackmapdProperties.class)
class Wiring implements WebMvcConfigurer {
    /// A build-id and its number take about 150 bytes; nobody has a million binaries.
    private static final int MAX_BUILD_IDS = 1 << 20;

    private static final Duration FILE_WITHOUT_BUILD_ID = Duration.ofSeconds(10);

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new QueryParameterCheck());
    }

    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Bean
    JacksonModule wireForms() {
        return new WireForms();
    }

    @Bean
    BindCheck bindCheck(ServerProperties server, StackmapdProperties settings) {
        return BindCheck.of(server.getAddress(), settings.security());
    }

    @Bean
    FilterRegistrationBean<BodyDecodingFilter> bodyDecoding(StackmapdProperties settings, JsonMapper json) {
        long maxFile = settings.artifacts().maxFile().toBytes();
        return new FilterRegistrationBean<>(new BodyDecodingFilter(
                new BodyLimits(
                        settings.ingest().maxEncodedBody().toBytes(),
                        settings.ingest().maxBody().toBytes(),
                        settings.ingest().maxBodyTime()),
                new BodyLimits(maxFile, maxFile, settings.artifacts().maxUploadTime()),
                new ProblemWriter(json)));
    }

    @Bean
    BuildIds buildIds() {
        return new BuildIds(MAX_BUILD_IDS);
    }

    @Bean
    StackStore stackStore(StackmapdProperties settings, BuildIds buildIds, MeterRegistry registry) {
        StackStore store = switch (settings.store().kind()) {
            case MEMORY -> new InMemoryStackStore(buildIds, settings.store().budget());
        };
        gauge(registry, "stackmapd.store.stacks", "Distinct stacks stored", store, s -> (double) s.size());
        gauge(registry, "stackmapd.store.bytes", "Bytes that stored stacks take", store, s -> (double) s.bytes());
        gauge(registry, "stackmapd.store.capacity", "Bytes that they may take", store, s -> (double) s.capacity());
        return store;
    }

    @Bean
    FileBuildIds fileBuildIds(MeterRegistry registry) {
        FileBuildIds files = new FileBuildIds(HeapShares.FILE_BUILD_IDS.bytes(), FILE_WITHOUT_BUILD_ID);
        counter(registry, "stackmapd.file.buildids.hits", files, f ->
                (double) f.stats().hitCount());
        counter(registry, "stackmapd.file.buildids.misses", files, f ->
                (double) f.stats().missCount());
        counter(registry, "stackmapd.file.buildids.evictions", files, f ->
                (double) f.stats().evictionCount());
        return files;
    }

    @Bean
    HostFiles hostFiles(StackmapdProperties settings, BindCheck bind, FileBuildIds buildIds) {
        return new HostFiles(access(settings, bind), buildIds);
    }

    private static FileAccess access(StackmapdProperties settings, BindCheck bind) {
        StackmapdProperties.Files files = settings.files();
        boolean beside =
                settings.mode() == StackmapdProperties.Mode.SIDECAR || bind.reach() == BindCheck.Reach.LOOPBACK;
        StackmapdProperties.Files.Access access = files.access();
        if (access == null) {
            return beside ? new FileAccess.Proc(List.of(Path.of("/"))) : new FileAccess.None();
        }
        return switch (access) {
            case NONE -> new FileAccess.None();
            case PROC -> new FileAccess.Proc(List.of());
            case ROOTS -> new FileAccess.Roots(StackmapdProperties.paths(files.roots()));
        };
    }

    @Bean
    BatchTranslation.Sources translationSources(StackmapdProperties settings, BuildIds buildIds, HostFiles files) {
        MissingMaps missingMaps = switch (settings.mode()) {
            case SERVER -> MissingMaps.NOT_HERE;
            case SIDECAR -> new NeighbourMaps(settings.ingest().limits().maxMapsBytes());
        };
        return new BatchTranslation.Sources(buildIds, files, missingMaps);
    }

    @Bean
    Workers workers(StackmapdProperties settings) {
        return new Workers(settings.ingest().concurrent());
    }

    @Bean
    BatchLedger batchLedger(StackmapdProperties settings, InstantSource clock, MeterRegistry registry) {
        BatchLedger ledger = new BatchLedger(
                settings.ingest().replayWindow(), settings.ingest().heapForReplays(), clock);
        counter(registry, "stackmapd.batches.forgotten", ledger, l -> (double) l.forgottenEarly());
        return ledger;
    }

    @Bean
    BatchDecoder batchDecoder(StackmapdProperties settings) {
        return new BatchDecoder(settings.ingest().limits());
    }

    @Bean
    Ingestion ingestion(
            StackStore store,
            BatchTranslation.Sources sources,
            BatchLedger ledger,
            Workers workers,
            MeterRegistry registry,
            StackmapdProperties settings) {
        return new Ingestion(
                store,
                sources,
                ledger,
                workers,
                new IngestMetrics(registry),
                settings.ingest().keptFrames());
    }

    @Bean
    KernelStackMaps kernelStackMaps(StackmapdProperties settings, BuildIds buildIds, MeterRegistry registry) {
        KernelStackMaps maps =
                new KernelStackMaps(buildIds, settings.stackmaps().budget());
        gauge(registry, "stackmapd.stackmaps", "Kernel-style maps", maps, m -> (double) m.size());
        gauge(registry, "stackmapd.stackmaps.bytes", "Bytes that they may come to take", maps, m -> (double) m.bytes());
        return maps;
    }

    @Bean
    DirectoryArtifacts directoryArtifacts(StackmapdProperties settings) {
        return new DirectoryArtifacts(
                StackmapdProperties.paths(settings.artifacts().directories()), ScanLimits.DEFAULT, ParseLimits.DEFAULT);
    }

    @Bean
    ArtifactStore artifactStore(StackmapdProperties settings, MeterRegistry registry) {
        Path folder = Path.of(settings.artifacts().cache());
        try {
            ArtifactStore store = ArtifactStore.open(
                    folder.resolve("files"),
                    settings.artifacts().storeLimits(),
                    settings.artifacts().parseLimits());
            gauge(registry, "stackmapd.artifacts", "Binaries and debug files held in the store", store, s ->
                    (double) s.usage().artifacts());
            gauge(registry, "stackmapd.artifacts.bytes", "Bytes that the store takes on disk", store, s ->
                    (double) s.usage().bytes());
            counter(registry, "stackmapd.artifacts.evicted", store, s ->
                    (double) s.usage().evicted());
            return store;
        } catch (IOException e) {
            throw new InvalidConfigurationPropertyValueException(
                    "stackmapd.artifacts.cache", folder, "the folder cannot be made or used: " + e);
        }
    }

    @Bean
    FetchedSources fetchedSources() {
        return new FetchedSources(HeapShares.SOURCES.bytes());
    }

    @Bean
    DebuginfodUpstreams debuginfodUpstreams(
            StackmapdProperties settings, ArtifactStore store, FetchedSources sources, MeterRegistry registry) {
        DebuginfodUpstreams upstreams = new DebuginfodUpstreams(
                settings.debuginfod().bases(),
                settings.debuginfod().limits(settings.artifacts().maxFile().toBytes()),
                NegativeLives.DEFAULT,
                AddressRules.of(settings.debuginfod().allow()),
                new ArtifactIntake(store, sources));
        gauge(registry, "stackmapd.upstream.fetches", "Fetches that run or wait", upstreams, u -> (double) u.fetches());
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

    @Bean
    Artifacts artifacts(DirectoryArtifacts directories, ArtifactStore store, DebuginfodUpstreams upstreams) {
        return new Artifacts(directories, store, upstreams);
    }

    @Bean
    Uploads uploads(ArtifactStore store, DebuginfodUpstreams upstreams, Artifacts artifacts, MeterRegistry registry) {
        return new Uploads(store, upstreams, artifacts, registry);
    }

    @Bean
    PyroscopeUploads pyroscopeUploads(Artifacts artifacts) {
        return new PyroscopeUploads(artifacts);
    }

    @Bean
    Prewarming prewarming(Symbolizer symbolizer, MeterRegistry registry) {
        Prewarming prewarming = new Prewarming(symbolizer);
        gauge(registry, "stackmapd.prewarm.waiting", "Binaries that wait to be opened", prewarming, p ->
                (double) p.waiting());
        return prewarming;
    }

    @Bean
    SourceFiles sourceFiles(StackmapdProperties settings, Artifacts artifacts, FetchedSources fetched) {
        return new SourceFiles(
                artifacts,
                StackmapdProperties.paths(settings.debuginfod().sources()),
                fetched,
                settings.artifacts().parseLimits(),
                HeapShares.SOURCE_NAMES.bytes());
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
                    settings.artifacts().indexSettings());
        } catch (IOException e) {
            throw new InvalidConfigurationPropertyValueException(
                    "stackmapd.artifacts.cache", cache, "the folder cannot be made or used: " + e);
        }
        counter(registry, "stackmapd.indexes.built", builds, b -> (double) b.built());
        counter(registry, "stackmapd.indexes.failed", builds, b -> (double) b.notBuilt());
        gauge(registry, "stackmapd.indexes.waiting", "Builds that wait or run", builds, b -> (double) b.underWay());
        return builds;
    }

    @Bean
    Symbolizer symbolizer(
            StackmapdProperties settings, Artifacts artifacts, IndexBuilds builds, MeterRegistry registry) {
        SymbolizerLimits defaults = SymbolizerLimits.DEFAULT;
        Symbolizer symbolizer = new Symbolizer(
                artifacts,
                builds,
                new SymbolizerLimits(
                        settings.artifacts().heapForCache(),
                        HeapShares.NAMES.bytes(),
                        defaults.held(),
                        defaults.absent(),
                        defaults.bad()),
                settings.artifacts().parseLimits());
        meter(registry, symbolizer.cache());
        return symbolizer;
    }

    private static void meter(MeterRegistry registry, SymbolCache cache) {
        gauge(registry, "stackmapd.cache.bytes", "Heap that open binaries and answers take", cache, c ->
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

    @Bean
    ComputeThreads queryThreads() {
        return new ComputeThreads("query");
    }

    @Bean
    Answers answers(StackStore store, Symbolizer symbolizer) {
        return new Answers(store, symbolizer);
    }

    private static <T> void gauge(
            MeterRegistry registry, String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value).description(description).register(registry);
    }

    private static <T> void counter(MeterRegistry registry, String name, T of, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, of, value).register(registry);
    }
}
