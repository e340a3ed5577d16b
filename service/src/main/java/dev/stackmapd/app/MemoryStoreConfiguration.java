package dev.stackmapd.app;

import dev.stackmapd.app.metrics.Meters;
import dev.stackmapd.app.settings.IngestSettings;
import dev.stackmapd.app.settings.MemoryPlan;
import dev.stackmapd.app.settings.MemoryPlan.Table;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.store.memory.InMemoryStore;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.InstantSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Makes the store of `stackmapd.store.kind=memory`.
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "stackmapd.store.kind", havingValue = "memory", matchIfMissing = true)
class MemoryStoreConfiguration {
    /// Sightings get this part of the bytes of the store: one divided by it.
    private static final int SIGHTINGS_PART = 4;

    @Bean
    InMemoryStore store(MemoryPlan plan, IngestSettings ingest, FrameBases bases, InstantSource clock) {
        long bytes = plan.bytes(Table.STORE);
        return new InMemoryStore(
                new InMemoryStore.Limits(
                        bytes - bytes / SIGHTINGS_PART,
                        bytes / SIGHTINGS_PART,
                        plan.bytes(Table.REPLAYS),
                        ingest.replayWindow()),
                bases,
                clock);
    }

    @Bean
    MeterBinder memoryStoreMeters(InMemoryStore store) {
        return registry -> Meters.counter(
                registry,
                "stackmapd.sightings.forgotten",
                "Sightings of a series in ten seconds that were evicted for newer ones",
                store,
                s -> (double) s.forgottenSightings());
    }
}
