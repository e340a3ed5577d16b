package dev.stackmapd.app.settings;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.util.List;

/// What the JVM has, and what it takes beside its heap.
///
/// @param heap bytes that the heap may come to take
/// @param limit bytes that the machine, or the container of the process, has
/// @param codeCache bytes that compiled code may come to take
/// @param metaspace bytes that metadata of classes may come to take
/// @param collector which garbage collector runs
public record JavaMemory(long heap, long limit, long codeCache, long metaspace, Collector collector) {
    static final String PLACE = "beside the heap";

    private static final long MB = 1 << 20;

    /// Measured with `-XX:NativeMemoryTracking` under load, rounded up.
    private static final long CODE = 40 * MB;
    private static final long CLASSES = 68 * MB;
    private static final long COMPILER = 20 * MB;
    private static final long STACKS = 6 * MB;
    private static final long BUFFERS = 8 * MB;
    private static final long LIBRARIES = 20 * MB;

    /// How large the tables of a collector are.
    enum Collector {
        /// A card table.
        SERIAL(256),
        /// G1, Parallel, ZGC and Shenandoah: marks and remembered sets.
        OTHER(16);

        private final int partOfHeap;

        Collector(int partOfHeap) {
            this.partOfHeap = partOfHeap;
        }
    }

    public static JavaMemory ofThisProcess() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        HotSpotDiagnosticMXBean options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        boolean serial = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .map(GarbageCollectorMXBean::getName)
                .anyMatch("MarkSweepCompact"::equals);
        return new JavaMemory(
                Runtime.getRuntime().maxMemory(),
                system.getTotalMemorySize(),
                option(options, "ReservedCodeCacheSize"),
                option(options, "MaxMetaspaceSize"),
                serial ? Collector.SERIAL : Collector.OTHER);
    }

    /// Returns a number, below 0 where it is unlimited.
    private static long option(HotSpotDiagnosticMXBean options, String name) {
        return new BigInteger(options.getVMOption(name).getValue()).longValue();
    }

    List<MemoryPlan.Part> parts() {
        return List.of(
                part("code cache", smaller(codeCache, CODE), "-XX:ReservedCodeCacheSize", "compiled code"),
                part(
                        "metaspace",
                        smaller(metaspace, CLASSES),
                        "-XX:MaxMetaspaceSize",
                        "classes, archived ones included"),
                part("compilers", COMPILER, "", "methods that are being compiled"),
                part("thread stacks", STACKS, "", "50 threads, 120 KB of each touched"),
                part("direct buffers", BUFFERS, "", "of channels, sockets and decompressors"),
                part("collector", heap / collector.partOfHeap, "", "tables of the garbage collector"),
                part("native libraries", LIBRARIES, "", "the JVM's own tables and the C library's heap"));
    }

    private static long smaller(long option, long measured) {
        return Long.compareUnsigned(option, measured) < 0 ? option : measured;
    }

    private static MemoryPlan.Part part(String name, long bytes, String setting, String reason) {
        return new MemoryPlan.Part(name, PLACE, bytes, setting, reason);
    }
}
