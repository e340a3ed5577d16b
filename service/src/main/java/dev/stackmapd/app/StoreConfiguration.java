package dev.stackmapd.app;

import dev.stackmapd.app.metrics.Meters;
import dev.stackmapd.app.settings.MemoryPlan;
import dev.stackmapd.app.settings.MemoryPlan.Table;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.store.BatchStore;
import dev.stackmapd.store.BinaryStore;
import dev.stackmapd.store.StackStore;
import dev.stackmapd.store.Store;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Gives out the ports of the one [Store], which another configuration makes according to `stackmapd.store.kind`.
@Configuration(proxyBeanMethods = false)
class StoreConfiguration {

    @Bean
    FrameBases frameBases(MemoryPlan plan) {
        return new FrameBases(plan.bytes(Table.FRAME_BASES));
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
    MeterBinder storeMeters(Store store) {
        return registry -> {
            Meters.gauge(registry, "stackmapd.store.stacks", "Distinct stacks stored", store, s ->
                    (double) s.stacks().size());
            Meters.bytes(
                    registry, "stackmapd.store.bytes", "Bytes that the store takes", store, s -> (double) s.bytes());
            Meters.bytes(registry, "stackmapd.store.capacity", "Bytes that the store may take", store, s ->
                    (double) s.capacity());
            Meters.counter(
                    registry,
                    "stackmapd.batches.forgotten",
                    "Batches whose keys were evicted before the replay window ended",
                    store,
                    s -> (double) s.batches().forgottenEarly());
        };
    }
}
