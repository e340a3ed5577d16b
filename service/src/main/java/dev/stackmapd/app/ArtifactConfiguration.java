package dev.stackmapd.app;

import dev.stackmapd.app.metrics.Meters;
import dev.stackmapd.app.settings.ArtifactSettings;
import dev.stackmapd.app.settings.MemoryPlan;
import dev.stackmapd.app.settings.MemoryPlan.Table;
import dev.stackmapd.app.settings.ServiceSettings;
import dev.stackmapd.artifact.Artifacts;
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
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.store.BinaryStore;
import dev.stackmapd.store.SeenBinary;
import dev.stackmapd.symbolize.Symbolizer;
import dev.stackmapd.upstream.DebuginfodUpstreams;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/// Makes what holds binaries and debug files: the folders of the operator, the store on disk, and uploads into it.
@Configuration(proxyBeanMethods = false)
class ArtifactConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactConfiguration.class);

    private final ArtifactSettings settings;
    private final MemoryPlan plan;

    ArtifactConfiguration(ArtifactSettings settings, MemoryPlan plan) {
        this.settings = settings;
        this.plan = plan;
    }

    @Bean
    DirectoryArtifacts directoryArtifacts() {
        return new DirectoryArtifacts(
                ServiceSettings.paths(settings.directories()),
                ScanLimits.DEFAULT.withAliasBytes(plan.bytes(Table.HTLHASHES)),
                ParseLimits.DEFAULT);
    }

    @Bean
    ArtifactScans artifactScans(DirectoryArtifacts artifacts, Symbolizer symbolizer) {
        return new ArtifactScans(artifacts, symbolizer, settings.rescan());
    }

    @Bean
    ArtifactStore artifactStore(BinaryStore binaries) {
        ArtifactStore store = settings.inStorage(
                "files", folder -> ArtifactStore.open(folder, settings.storeLimits(), settings.parseLimits(plan)));
        if (store.report().recovered() + store.report().dropped() > 0) {
            LOG.error(
                    "files in the artifact store are damaged or have records of an older version: {}", store.report());
        }
        store.seenBy(buildId -> binaries.find(buildId).map(SeenBinary::lastSeen));
        return store;
    }

    @Bean
    LayoutCache rememberedLayouts() {
        return new LayoutCache(plan.bytes(Table.LAYOUTS));
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
    Uploads uploads(ArtifactStore store, DebuginfodUpstreams upstreams, Artifacts artifacts, MeterRegistry registry) {
        return new Uploads(store, settings.quota().toBytes(), upstreams, artifacts, registry);
    }

    @Bean
    PyroscopeUploads pyroscopeUploads(Artifacts artifacts) {
        return new PyroscopeUploads(artifacts);
    }

    /// Starts after the symbolizer exists, which is informed of damages.
    @Bean(initMethod = "start")
    @DependsOn("symbolizer")
    Scrub scrub(ArtifactStore store) {
        return new Scrub(store, settings.scrub());
    }

    @Bean
    MeterBinder artifactMeters(ArtifactStore store, Scrub scrub, LayoutCache layouts) {
        return registry -> {
            meterUsage(registry, store);
            for (Damage.Noticed noticed : Damage.Noticed.values()) {
                Meters.counter(
                        registry,
                        "stackmapd.artifacts.damaged",
                        "Files whose bytes had changed on the disk",
                        store.damages(),
                        d -> (double) d.count(noticed),
                        "noticed",
                        noticed.text());
            }
            for (Conflict.Source source : Conflict.Source.values()) {
                Meters.counter(
                        registry,
                        "stackmapd.binary.conflicts",
                        "Files that contradict another file of their build-id",
                        store.conflicts(),
                        c -> (double) c.count(source),
                        "source",
                        source.text());
            }
            Meters.countedBytes(
                    registry,
                    "stackmapd.artifacts.scrubbed.bytes",
                    "Bytes of stored files that were compared with their SHA-256 in the background",
                    scrub,
                    s -> (double) s.bytes());
            Meters.bytes(registry, "stackmapd.layouts.bytes", "Heap that remembered load segments take", layouts, r ->
                    (double) r.bytes());
        };
    }

    /// Files of binaries that were seen in stacks within 30 days are counted apart: they may have been the last copies.
    private static void meterUsage(MeterRegistry registry, ArtifactStore store) {
        Meters.gauge(registry, "stackmapd.artifacts", "Binaries and debug files held in the store", store, s ->
                (double) s.usage().artifacts());
        Meters.bytes(registry, "stackmapd.artifacts.bytes", "Bytes that the store takes on disk", store, s ->
                (double) s.usage().bytes());
        Meters.bytes(
                registry,
                "stackmapd.artifacts.inflated.bytes",
                "Bytes on disk that inflated sections of open binaries take",
                store,
                s -> (double) s.scratchBytes());
        String evicted = "stackmapd.artifacts.evicted";
        String description = "Files that were evicted, by whether their binary had been seen in stacks within 30 days";
        Meters.counter(
                registry, evicted, description, store, s -> (double) s.usage().evicted(), "seen", "no");
        Meters.counter(
                registry, evicted, description, store, s -> (double) s.usage().evictedSeen(), "seen", "recently");
    }
}
