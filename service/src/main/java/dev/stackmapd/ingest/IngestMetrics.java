package dev.stackmapd.ingest;

import dev.stackmapd.stack.Frame;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/// Metrics of ingestion. Label values come from closed sets. Thread-safe.
public final class IngestMetrics {
    private final Counter batches;
    private final Counter newStacks;
    private final Counter stacks;
    private final Counter cut;
    private final Counter inFile;
    private final Counter inKernel;
    private final Counter named;
    private final Map<Frame.Reason, Counter> raw = new EnumMap<>(Frame.Reason.class);

    public IngestMetrics(MeterRegistry registry) {
        batches = Counter.builder("stackmapd.batches")
                .description("Batches taken")
                .register(registry);
        stacks = Counter.builder("stackmapd.stacks")
                .description("Stacks in batches that were taken")
                .register(registry);
        newStacks = Counter.builder("stackmapd.stacks.new")
                .description("Stacks that were not stored before")
                .register(registry);
        cut = Counter.builder("stackmapd.warnings")
                .description("Stacks that were cut and maps lines that were passed over")
                .register(registry);
        inFile = frames(registry, "VALID", "none");
        inKernel = frames(registry, "KERNEL", "none");
        named = frames(registry, "NAMED", "none");
        for (Frame.Reason reason : Frame.Reason.values()) {
            raw.put(reason, frames(registry, "IP", reason.name()));
        }
    }

    void taken(BatchReceipt receipt) {
        batches.increment();
        stacks.increment(receipt.ids().size());
        newStacks.increment(receipt.added());
        cut.increment(receipt.warnings().size());
        inFile.increment((double) receipt.frames().inFile());
        inKernel.increment((double) receipt.frames().inKernel());
        named.increment((double) receipt.frames().named());
        receipt.frames().raw().forEach((reason, count) -> {
            Counter counter = raw.get(reason);
            if (counter != null) {
                counter.increment((double) count);
            }
        });
    }

    private static Counter frames(MeterRegistry registry, String status, String reason) {
        return Counter.builder("stackmapd.frames")
                .description("Frames taken, by the form that they were stored in")
                .tag("status", status)
                .tag("reason", reason)
                .register(registry);
    }
}
