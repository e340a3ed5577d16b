package dev.stackmapd.app.settings;

import static java.util.stream.Collectors.joining;

import dev.stackmapd.app.http.BodyBuffers;
import dev.stackmapd.app.http.BodyLimits;
import dev.stackmapd.ingest.IngestLimits;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/// What every long-lived table, every request in flight, and the JVM beside its heap may take of the memory of this
/// process. Made once, at start; no byte is promised twice.
///
/// The heap pays first for what has no setting and for what settings ask for, then the rest is divided among the other
/// tables by weight. What a table does not need of its part goes to the stacks. Beside the heap nothing can be given:
/// there the plan has what was measured under load, and checks that both fit into the machine or container. Pages of
/// mapped files are not in it, because the kernel takes them back.
public final class MemoryPlan {
    private static final long MB = 1 << 20;

    /// Live objects of a service that has done nothing yet.
    private static final long PROGRAM = 24 * MB;
    /// What a heap has to have left for tables.
    private static final long LEAST_REST = 8 * MB;

    private static final long MOST_ANSWER = 64 * MB;
    private static final long MOST_BODY = 64 * MB;
    private static final int LEAST_FRAMES = 1 << 16;
    private static final int BODIES_PART = 32;
    private static final int READING_PART = 8;

    /// What a thread needs to read the tables of a large binary.
    private static final long READER = 48 * MB;

    /// Heap for a byte of a body: 60 bytes of JSON become a build-id of 100.
    private static final int BYTES_FOR_BODY_BYTE = 2;
    /// Heap for a frame: its address and its packed form, while the arrays of both grow.
    private static final int BYTES_FOR_FRAME = 32;

    /// A long-lived table.
    public enum Table {
        STORE(16, Long.MAX_VALUE, "stackmapd.store.max-bytes", "stacks, their sightings, and binaries"),
        INDEX(18, 320 * MB, "stackmapd.artifacts.index-memory", "building an index, one at a time"),
        SYMBOLS(8, Long.MAX_VALUE, "stackmapd.artifacts.symbol-memory", "open binaries, answers and negative answers"),
        STACKMAPS(7, 256 * MB, "stackmapd.stackmaps.max-bytes", "kernel-style maps"),
        REPLAYS(2, 64 * MB, "stackmapd.ingest.replay-bytes", "batches that are remembered by their ids"),
        FRAME_BASES(3, 224 * MB, "", "build-ids and names of frames"),
        FILE_BUILD_IDS(1, 32 * MB, "", "build-ids of files of this host"),
        OPENED_FILES(1, 8 * MB, "", "where files of this host lie that were read for their build-id"),
        LAYOUTS(1, 16 * MB, "", "load segments of binaries"),
        HTLHASHES(1, 32 * MB, "", "htlhashes of files of folders that have a build-id"),
        NAMES(1, 16 * MB, "", "demangled names"),
        SOURCES(1, 32 * MB, "", "source files that were fetched"),
        SOURCE_NAMES(1, 32 * MB, "", "names of source files");

        private final int weight;
        private final long most;
        private final String setting;
        private final String reason;

        Table(int weight, long most, String setting, String reason) {
            this.weight = weight;
            this.most = most;
            this.setting = setting;
            this.reason = reason;
        }
    }

    /// One line of the plan.
    ///
    /// @param place `heap` or `beside the heap`
    /// @param setting that decides about it, or empty
    record Part(String name, String place, long bytes, String setting, String reason) {}

    private final JavaMemory memory;
    private final Requests requests;
    private final Map<Table, Long> tables;

    /// What requests in flight may take.
    ///
    /// @param concurrent batches, and as many questions, that are worked on at once
    /// @param maxBody bytes of the body of a batch after decompression
    /// @param maxFrames frames of all stacks of a batch
    /// @param maxAnswer bytes of one answer with names
    /// @param waiting bytes of bodies that wait for their turn
    public record Requests(int concurrent, long maxBody, int maxFrames, long maxAnswer, long waiting) {

        public static Requests of(IngestSettings settings, long heap) {
            int concurrent =
                    settings.maxConcurrent() != null ? settings.maxConcurrent() : Math.clamp(heap / (512 * MB), 1, 8);
            long encoded = settings.maxEncodedBody().toBytes();
            long batch = heap / 4 / concurrent;
            long body = settings.maxBody() != null
                    ? settings.maxBody().toBytes()
                    : Math.max(Math.min(batch / BYTES_FOR_BODY_BYTE, MOST_BODY), encoded);
            int frames = settings.maxBatchFrames() != null
                    ? settings.maxBatchFrames()
                    : Math.clamp(batch / BYTES_FOR_FRAME, LEAST_FRAMES, IngestLimits.DEFAULT.maxBatchFrames());
            long answer = Math.min(heap / 8 / concurrent * 3 / 4, MOST_ANSWER);
            long largest = Math.max(encoded, BodyLimits.QUESTION.maxEncoded());
            long waiting = Math.max(Math.min(heap / BODIES_PART, MOST_BODY), BodyBuffers.bytesFor(largest));
            return new Requests(concurrent, body, frames, answer, waiting);
        }

        private long batches() {
            return concurrent * Math.max(BYTES_FOR_BODY_BYTE * maxBody, (long) BYTES_FOR_FRAME * maxFrames);
        }

        /// A third beside the answer is for the question itself.
        private long questions() {
            return concurrent * maxAnswer / 3 * 4;
        }
    }

    private MemoryPlan(JavaMemory memory, Requests requests, Map<Table, Long> tables) {
        this.memory = memory;
        this.requests = requests;
        this.tables = tables;
    }

    /// Divides the memory of a process.
    ///
    /// @throws InvalidConfigurationPropertyValueException where settings ask for more than there is
    public static MemoryPlan of(
            StoreSettings store,
            ArtifactSettings artifacts,
            StackmapSettings stackmaps,
            IngestSettings ingest,
            JavaMemory memory) {
        MemoryPlan plan = new MemoryPlan(memory, Requests.of(ingest, memory.heap()), new EnumMap<>(Table.class));
        plan.ask(Table.STORE, store.maxBytes());
        plan.ask(Table.INDEX, artifacts.indexMemory());
        plan.ask(Table.SYMBOLS, artifacts.symbolMemory());
        plan.ask(Table.STACKMAPS, stackmaps.maxBytes());
        plan.ask(Table.REPLAYS, ingest.replayBytes());
        long rest = memory.heap() - plan.sum("heap");
        if (rest < LEAST_REST) {
            throw plan.refused("heap", memory.heap(), "the heap (-Xmx), of which other tables need 8 MB,");
        }
        plan.divide(rest);
        long all = plan.sum("heap") + plan.sum(JavaMemory.PLACE);
        if (all > memory.limit()) {
            throw plan.refused(
                    JavaMemory.PLACE, memory.limit() - memory.heap(), "beside the heap, this machine or container");
        }
        return plan;
    }

    private void ask(Table table, @Nullable DataSize bytes) {
        if (bytes != null) {
            tables.put(table, bytes.toBytes());
        }
    }

    private void divide(long rest) {
        long weights = 0;
        for (Table table : Table.values()) {
            weights += tables.containsKey(table) ? 0 : table.weight;
        }
        long left = rest;
        Set<Table> shared = EnumSet.noneOf(Table.class);
        for (Table table : Table.values()) {
            if (!tables.containsKey(table)) {
                long part = Math.min(rest / weights * table.weight, table.most);
                tables.put(table, part);
                left -= part;
                shared.add(table);
            }
        }
        if (shared.contains(Table.STORE)) {
            tables.merge(Table.STORE, left, Long::sum);
        }
    }

    /// Heap that a table may take, bytes.
    public long bytes(Table table) {
        return tables.getOrDefault(table, 0L);
    }

    public Requests requests() {
        return requests;
    }

    /// How many threads may read tables of files at once, which are large in few binaries: all, unless the heap is
    /// small.
    public int readers() {
        return Math.clamp(
                readingAtOnce() / READER, 1, Math.max(Runtime.getRuntime().availableProcessors(), 1));
    }

    /// Heap for the tables that one of these threads reads, bytes.
    long reading() {
        return readingAtOnce() / readers();
    }

    private long readingAtOnce() {
        return memory.heap() / READING_PART;
    }

    /// What `/actuator/info` shows.
    public Map<String, Object> shown() {
        return Map.of("heapBytes", memory.heap(), "limitBytes", memory.limit(), "parts", parts());
    }

    /// Every part, those of the heap first.
    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        parts.add(heap("program", PROGRAM, "", "a service that has done nothing yet"));
        parts.add(heap(
                "batches",
                requests.batches(),
                "stackmapd.ingest.max-body, max-batch-frames and max-concurrent",
                "%d at once".formatted(requests.concurrent)));
        parts.add(heap(
                "questions",
                requests.questions(),
                "stackmapd.ingest.max-concurrent",
                "answers with names, as many at once"));
        parts.add(heap(
                "bodies", requests.waiting, "stackmapd.ingest.max-encoded-body", "bodies that wait for their turn"));
        parts.add(heap(
                "reading",
                readingAtOnce(),
                "",
                "tables of files while they are read, %d at once".formatted(readers())));
        tables.forEach((table, bytes) ->
                parts.add(heap(table.name().toLowerCase(Locale.ROOT), bytes, table.setting, table.reason)));
        parts.addAll(memory.parts());
        return parts;
    }

    private static Part heap(String name, long bytes, String setting, String reason) {
        return new Part(name, "heap", bytes, setting, reason);
    }

    private long sum(String place) {
        return parts().stream()
                .filter(part -> part.place().equals(place))
                .mapToLong(Part::bytes)
                .sum();
    }

    private InvalidConfigurationPropertyValueException refused(String place, long limit, String what) {
        String sum = parts().stream()
                .filter(part -> part.place().equals(place))
                .map(part -> "%s %d MB%s"
                        .formatted(
                                part.name(),
                                part.bytes() / MB,
                                part.setting().isEmpty() ? "" : " (" + part.setting() + ")"))
                .collect(joining(", "));
        return new InvalidConfigurationPropertyValueException(
                "the memory plan",
                limit / MB + " MB",
                "%s has %d MB, and these take %d MB: %s".formatted(what, limit / MB, sum(place) / MB, sum));
    }
}
