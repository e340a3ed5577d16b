package dev.stackmapd.app;

import dev.stackmapd.app.settings.IngestSettings;
import dev.stackmapd.app.settings.MemoryPlan;
import dev.stackmapd.app.settings.ServiceSettings;
import dev.stackmapd.ingest.BatchDecoder;
import dev.stackmapd.ingest.BatchTranslation;
import dev.stackmapd.ingest.IngestLimits;
import dev.stackmapd.ingest.IngestMetrics;
import dev.stackmapd.ingest.Ingestion;
import dev.stackmapd.ingest.ProcessMapsSource;
import dev.stackmapd.ingest.ProcfsMapsSource;
import dev.stackmapd.request.ComputePool;
import dev.stackmapd.resolve.HostFiles;
import dev.stackmapd.resolve.MappedLayouts;
import dev.stackmapd.resolve.linux.HostFileThreads;
import dev.stackmapd.store.BatchStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Makes the pipeline from a batch to the store.
@Configuration(proxyBeanMethods = false)
class IngestConfiguration {
    private final IngestSettings settings;
    private final MemoryPlan.Requests requests;
    private final IngestLimits limits;

    IngestConfiguration(IngestSettings settings, MemoryPlan plan) {
        this.settings = settings;
        this.requests = plan.requests();
        this.limits = settings.limits(requests.maxFrames());
    }

    @Bean
    BatchTranslation.Sources translationSources(
            ServiceSettings service, HostFiles files, HostFileThreads threads, MappedLayouts layouts) {
        long maxBatch = settings.bodies(requests).maxDecoded();
        Supplier<ProcessMapsSource> missingMaps = switch (service.mode()) {
            case SERVER -> () -> ProcessMapsSource.NOT_HERE;
            case SIDECAR -> () -> new ProcfsMapsSource(threads, limits.maxMapsBytes(), maxBatch);
        };
        return new BatchTranslation.Sources(files, missingMaps, layouts);
    }

    @Bean
    ComputePool ingestThreads() {
        return new ComputePool("ingest");
    }

    @Bean
    BatchDecoder batchDecoder() {
        return new BatchDecoder(limits);
    }

    @Bean
    Ingestion ingestion(
            BatchStore store,
            BatchTranslation.Sources sources,
            @Qualifier("ingestThreads") ComputePool threads,
            MeterRegistry registry) {
        return new Ingestion(store, sources, threads, new IngestMetrics(registry), settings.keptFrames());
    }
}
