package dev.stackmapd.app;

import dev.stackmapd.app.http.BodyBuffers;
import dev.stackmapd.app.http.BodyDecodingFilter;
import dev.stackmapd.app.http.BodyGate;
import dev.stackmapd.app.http.BodyLimits;
import dev.stackmapd.app.http.ClientErrorLog;
import dev.stackmapd.app.http.Draining;
import dev.stackmapd.app.http.FilterOrder;
import dev.stackmapd.app.http.ProblemWriter;
import dev.stackmapd.app.http.QueryParameterCheck;
import dev.stackmapd.app.http.UnreadBodyFilter;
import dev.stackmapd.app.http.WireForms;
import dev.stackmapd.app.metrics.Meters;
import dev.stackmapd.app.security.OwnHosts;
import dev.stackmapd.app.security.RequestCheckFilter;
import dev.stackmapd.app.settings.BindCheck;
import dev.stackmapd.app.settings.JavaMemory;
import dev.stackmapd.app.settings.MemoryPlan;
import dev.stackmapd.app.settings.MemoryPlan.Table;
import dev.stackmapd.app.settings.StackmapdProperties;
import dev.stackmapd.app.settings.StartMessage;
import dev.stackmapd.artifact.folder.LocalFiles;
import dev.stackmapd.ingest.BatchDecoder;
import dev.stackmapd.ingest.BatchTranslation;
import dev.stackmapd.ingest.IngestLimits;
import dev.stackmapd.ingest.IngestMetrics;
import dev.stackmapd.ingest.Ingestion;
import dev.stackmapd.ingest.ProcessMapsSource;
import dev.stackmapd.ingest.ProcfsMapsSource;
import dev.stackmapd.kernelmap.KernelStackMaps;
import dev.stackmapd.query.StackRenderer;
import dev.stackmapd.request.Admission;
import dev.stackmapd.request.ComputePool;
import dev.stackmapd.request.TakesBody;
import dev.stackmapd.resolve.BatchFiles;
import dev.stackmapd.resolve.BinaryLocations;
import dev.stackmapd.resolve.BuildIdCache;
import dev.stackmapd.resolve.FileAccess;
import dev.stackmapd.resolve.HostFiles;
import dev.stackmapd.resolve.MappedLayouts;
import dev.stackmapd.resolve.ResolutionCache;
import dev.stackmapd.resolve.linux.HostFileThreads;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.store.BatchStore;
import dev.stackmapd.store.BinaryStore;
import dev.stackmapd.store.StackStore;
import dev.stackmapd.store.Store;
import dev.stackmapd.store.memory.InMemoryStore;
import dev.stackmapd.symbolize.DemangledNames;
import dev.stackmapd.symbolize.Symbolizer;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.json.JsonMapper;

/// Makes the rooms' objects and hands them to one another.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({StackmapdProperties.class, ManagementServerProperties.class})
public class Wiring implements WebMvcConfigurer {
    private static final Duration FILE_WITHOUT_BUILD_ID = Duration.ofSeconds(10);

    /// Agents send every five to ten seconds.
    private static final Duration FILE_LOOKED_UP = Duration.ofSeconds(10);

    private static final Duration FILE_NOT_READ = Duration.ofSeconds(1);

    /// Threads that file systems may hold for ever, beside one for each batch that is translated.
    private static final int LOST_THREADS = 16;

    /// Sightings get this part of the bytes of a store in memory: one divided by it.
    private static final int SIGHTINGS_PART = 4;

    private final StackmapdProperties settings;
    private final MemoryPlan plan;

    Wiring(StackmapdProperties settings) {
        this.settings = settings;
        this.plan = MemoryPlan.of(settings, JavaMemory.ofThisProcess());
    }

    @Bean
    MemoryPlan memoryPlan() {
        return plan;
    }

    @Bean
    InfoContributor memoryInfo() {
        return info -> info.withDetail("memory", plan.shown());
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new QueryParameterCheck());
        registry.addInterceptor(bodyGate());
    }

    private BodyGate bodyGate() {
        long maxFile = settings.artifacts().maxFile().toBytes();
        MemoryPlan.Requests requests = plan.requests();
        BodyLimits batches = settings.ingest().bodies(requests);
        int places = requests.concurrent();
        return new BodyGate(
                Map.of(
                        TakesBody.BodyType.BATCH,
                        batches,
                        TakesBody.BodyType.QUESTION,
                        BodyLimits.QUESTION,
                        TakesBody.BodyType.FILE,
                        new BodyLimits(maxFile, maxFile, settings.artifacts().maxUploadTime())),
                Map.of(
                        TakesBody.BodyType.BATCH,
                        new Admission("batches", places),
                        TakesBody.BodyType.QUESTION,
                        new Admission("questions", places)),
                new BodyBuffers(requests.waiting()));
    }

    private IngestLimits limits() {
        return settings.ingest().limits(plan.requests().maxFrames());
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
    BindCheck bindCheck(ServerProperties server, ManagementServerProperties management, StackmapdProperties settings) {
        if (management.getPort() != null && management.getAddress() == null) {
            management.setAddress(server.getAddress());
        }
        return BindCheck.of(server, management, settings.security());
    }

    @Bean
    StartMessage startMessage(StackmapdProperties settings, ServerProperties server, BindCheck bind, LocalFiles local) {
        return new StartMessage(settings, server, access(settings, bind), local, plan.bytes(Table.STORE));
    }

    @Bean
    OwnHosts ownHosts(BindCheck bind, StackmapdProperties settings) {
        return OwnHosts.of(bind.reach(), settings.security().hosts());
    }

    @Bean
    Draining draining(StackmapdProperties settings) {
        return new Draining(settings.shutdownDelay());
    }

    @Bean
    FilterRegistrationBean<Draining> drainingAnswers(Draining draining) {
        return FilterOrder.outermost(0, draining);
    }

    @Bean
    FilterRegistrationBean<ClientErrorLog> clientErrors() {
        return FilterOrder.outermost(1, new ClientErrorLog());
    }

    @Bean
    FilterRegistrationBean<UnreadBodyFilter> unreadBodies() {
        return FilterOrder.outermost(2, new UnreadBodyFilter());
    }

    @Bean
    FilterRegistrationBean<RequestCheckFilter> requestChecks(OwnHosts hosts, JsonMapper json) {
        return FilterOrder.outermost(3, new RequestCheckFilter(hosts, new ProblemWriter(json)));
    }

    @Bean
    FilterRegistrationBean<BodyDecodingFilter> bodyDecoding(JsonMapper json) {
        return new FilterRegistrationBean<>(new BodyDecodingFilter(new ProblemWriter(json)));
    }

    @Bean
    FrameBases frameBases() {
        return new FrameBases(plan.bytes(Table.FRAME_BASES));
    }

    @Bean
    Store store(StackmapdProperties settings, FrameBases bases, InstantSource clock, MeterRegistry registry) {
        Store store = switch (settings.store().kind()) {
            case MEMORY -> inMemory(settings, bases, clock, registry);
        };
        Meters.gauge(registry, "stackmapd.store.stacks", "Distinct stacks stored", store, s ->
                (double) s.stacks().size());
        Meters.gauge(registry, "stackmapd.store.bytes", "Bytes that the store takes", store, s -> (double) s.bytes());
        Meters.gauge(registry, "stackmapd.store.capacity", "Bytes that it may take", store, s -> (double) s.capacity());
        Meters.counter(registry, "stackmapd.batches.forgotten", store, s ->
                (double) s.batches().forgottenEarly());
        return store;
    }

    private InMemoryStore inMemory(
            StackmapdProperties settings, FrameBases bases, InstantSource clock, MeterRegistry registry) {
        long bytes = plan.bytes(Table.STORE);
        InMemoryStore store = new InMemoryStore(
                new InMemoryStore.Limits(
                        bytes - bytes / SIGHTINGS_PART,
                        bytes / SIGHTINGS_PART,
                        plan.bytes(Table.REPLAYS),
                        settings.ingest().replayWindow()),
                bases,
                clock);
        Meters.counter(registry, "stackmapd.sightings.forgotten", store, s -> (double) s.forgottenSightings());
        return store;
    }

    @Bean(destroyMethod = "")
    BatchStore batchStore(Store store) {
        return store.batches();
    }

    @Bean(destroyMethod = "")
    StackStore stackStore(Store store) {
        return store.stacks();
    }

    @Bean(destroyMethod = "")
    BinaryStore binaryStore(Store store) {
        return store.binaries();
    }

    @Bean
    BuildIdCache fileBuildIds(MeterRegistry registry) {
        BuildIdCache files = new BuildIdCache(plan.bytes(Table.FILE_BUILD_IDS) / 2, FILE_WITHOUT_BUILD_ID);
        Meters.counter(registry, "stackmapd.file.buildids.hits", files, f ->
                (double) f.stats().hitCount());
        Meters.counter(registry, "stackmapd.file.buildids.misses", files, f ->
                (double) f.stats().missCount());
        Meters.counter(registry, "stackmapd.file.buildids.evictions", files, f ->
                (double) f.stats().evictionCount());
        return files;
    }

    @Bean
    HostFileThreads hostFileThreads(MeterRegistry registry) {
        HostFileThreads threads = new HostFileThreads(Runtime.getRuntime().availableProcessors() + LOST_THREADS);
        Meters.gauge(
                registry,
                "stackmapd.file.threads.lost",
                "Threads that wait for a file system that does not answer",
                threads,
                t -> (double) t.lost());
        return threads;
    }

    @Bean
    HostFiles hostFiles(
            StackmapdProperties settings,
            BindCheck bind,
            BuildIdCache buildIds,
            HostFileThreads threads,
            BinaryLocations opened,
            MeterRegistry registry) {
        ResolutionCache recent =
                new ResolutionCache(plan.bytes(Table.FILE_BUILD_IDS) / 2, FILE_LOOKED_UP, FILE_NOT_READ);
        HostFiles files = new HostFiles(
                access(settings, bind),
                new HostFiles.Caches(buildIds, recent, opened),
                threads,
                BatchFiles.Budget.DEFAULT);
        Meters.counter(registry, "stackmapd.files.not.looked.for", files, f -> (double) f.notLookedFor());
        return files;
    }

    @Bean
    BinaryLocations openedFiles(HostFileThreads threads) {
        return new BinaryLocations(plan.bytes(Table.OPENED_FILES), threads);
    }

    @Bean
    LocalFiles localFiles(
            StackmapdProperties settings, BindCheck bind, BinaryLocations opened, HostFileThreads threads) {
        Boolean said = settings.files().names();
        boolean mayRead = !(access(settings, bind) instanceof FileAccess.None);
        boolean asked = said != null ? said : mayRead && bind.reach() == BindCheck.Reach.LOOPBACK;
        if (!asked) {
            return new LocalFiles(new BinaryLocations(0, threads), List.of());
        }
        return new LocalFiles(
                opened, List.of(Path.of(System.getProperty("user.home"), ".debug"), Path.of("/usr/lib/debug")));
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
    BatchTranslation.Sources translationSources(
            StackmapdProperties settings, HostFiles files, HostFileThreads threads, MappedLayouts layouts) {
        int maxMaps = limits().maxMapsBytes();
        long maxBatch = settings.ingest().bodies(plan.requests()).maxDecoded();
        Supplier<ProcessMapsSource> missingMaps = switch (settings.mode()) {
            case SERVER -> () -> ProcessMapsSource.NOT_HERE;
            case SIDECAR -> () -> new ProcfsMapsSource(threads, maxMaps, maxBatch);
        };
        return new BatchTranslation.Sources(files, missingMaps, layouts);
    }

    @Bean
    ComputePool ingestThreads() {
        return new ComputePool("ingest");
    }

    @Bean
    BatchDecoder batchDecoder(StackmapdProperties settings) {
        return new BatchDecoder(limits());
    }

    @Bean
    Ingestion ingestion(
            BatchStore store,
            BatchTranslation.Sources sources,
            @Qualifier("ingestThreads") ComputePool threads,
            MeterRegistry registry,
            StackmapdProperties settings) {
        return new Ingestion(
                store,
                sources,
                threads,
                new IngestMetrics(registry),
                settings.ingest().keptFrames());
    }

    @Bean
    KernelStackMaps kernelStackMaps(FrameBases bases, MeterRegistry registry) {
        KernelStackMaps maps = new KernelStackMaps(bases, plan.bytes(Table.STACKMAPS));
        Meters.gauge(registry, "stackmapd.stackmaps", "Kernel-style maps", maps, m -> (double) m.size());
        Meters.gauge(registry, "stackmapd.stackmaps.bytes", "Bytes that they may come to take", maps, m ->
                (double) m.bytes());
        return maps;
    }

    @Bean
    @Primary
    ComputePool queryThreads() {
        return new ComputePool("query");
    }

    @Bean
    StackRenderer answers(BinaryStore binaries, Symbolizer symbolizer) {
        return new StackRenderer(
                binaries,
                symbolizer,
                new DemangledNames(plan.bytes(Table.NAMES)),
                plan.requests().maxAnswer());
    }
}
