package dev.stackmapd.app;

import dev.stackmapd.app.metrics.Meters;
import dev.stackmapd.app.settings.MemoryPlan;
import dev.stackmapd.app.settings.MemoryPlan.Table;
import dev.stackmapd.kernelmap.KernelStackMaps;
import dev.stackmapd.query.StackRenderer;
import dev.stackmapd.request.ComputePool;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.store.BinaryStore;
import dev.stackmapd.symbolize.DemangledNames;
import dev.stackmapd.symbolize.Symbolizer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/// Makes what answers questions: the threads that they are computed on, their rendering, and kernel-style maps.
@Configuration(proxyBeanMethods = false)
class QueryConfiguration {

    @Bean
    @Primary
    ComputePool queryThreads() {
        return new ComputePool("query");
    }

    @Bean
    StackRenderer answers(BinaryStore binaries, Symbolizer symbolizer, MemoryPlan plan) {
        return new StackRenderer(
                binaries,
                symbolizer,
                new DemangledNames(plan.bytes(Table.NAMES)),
                plan.requests().maxAnswer());
    }

    @Bean
    KernelStackMaps kernelStackMaps(FrameBases bases, MemoryPlan plan) {
        return new KernelStackMaps(bases, plan.bytes(Table.STACKMAPS));
    }

    @Bean
    MeterBinder kernelStackMapMeters(KernelStackMaps maps) {
        return registry -> {
            Meters.gauge(registry, "stackmapd.stackmaps", "Kernel-style maps", maps, m -> (double) m.size());
            Meters.bytes(
                    registry,
                    "stackmapd.stackmaps.bytes",
                    "Bytes that the kernel-style maps may come to take",
                    maps,
                    m -> (double) m.bytes());
        };
    }
}
