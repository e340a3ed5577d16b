package dev.stackmapd.ingest;

import dev.stackmapd.ingest.Batch.ProcessSnapshot;
import dev.stackmapd.ingest.Batch.ProcessSnapshot.Maps;
import dev.stackmapd.process.MapsLimits;
import dev.stackmapd.process.MapsParseResult;
import dev.stackmapd.process.MapsParser;
import dev.stackmapd.process.ParsedMaps;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.resolve.BinaryHint;
import dev.stackmapd.series.Labels;
import dev.stackmapd.series.SampleType;
import dev.stackmapd.stack.StackId;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/// Decodes a batch from JSON, and validates everything that needs no look-up.
///
/// Fields may occur in any order; unknown ones are skipped. Addresses are read directly into arrays,
/// without an object for an element of `ips`. Limits are enforced while reading, so data that is
/// rejected for its size is never held in memory. Thread-safe.
public final class BatchDecoder {
    private static final int MAX_BATCH_ID_CHARS = 128;
    private static final long MAX_COUNT = 1L << 48;
    private static final int MAX_PID = 1 << 22; // the kernel's PID_MAX_LIMIT on 64-bit
    private static final int MAX_TYPES = 100;
    private static final Pattern BATCH_ID = Pattern.compile("[\\p{Print}&&\\p{ASCII}]+");

    private final IngestLimits limits;
    private final MapsLimits mapsLimits;
    private final JsonFactory json;

    public BatchDecoder(IngestLimits limits) {
        this.limits = limits;
        this.mapsLimits = new MapsLimits(limits.maxMapsLines(), MapsLimits.DEFAULT.maxWarnings());
        this.json = JsonReader.factory(Math.max(limits.maxMapsBytes(), limits.maxHeadBytes() / 3 * 4 + 4));
    }

    /// Decodes one batch.
    ///
    /// @param arrival the time of stacks that were sent without a time
    /// @throws RejectionException if the batch violates the contract or a limit
    /// @throws tools.jackson.core.JacksonException if the text is not JSON, or reading it fails
    public Batch decode(InputStream body, Instant arrival) {
        try (JsonReader in = JsonReader.open(json, body)) {
            return decode(in, new Batch(arrival));
        }
    }

    private Batch decode(JsonReader in, Batch into) {
        try {
            Batch batch = new Decoding(in, into).batch();
            checkProcesses(batch);
            return batch;
        } catch (StreamConstraintsException e) {
            throw in.tooLarge();
        }
    }

    private static void checkProcesses(Batch batch) {
        int known = batch.processes().size();
        for (int i = 0; i < batch.stacks(); i++) {
            int process = batch.process(i);
            if (process >= known) {
                throw RejectionException.invalid(
                        "stacks[%d].process".formatted(i),
                        "is %d, but the batch has %d processes".formatted(process, known));
            }
        }
    }

    /// The state of decoding one text.
    private final class Decoding {
        private final JsonReader in;
        private final Batch batch;
        private final FrameDecoder frames;

        Decoding(JsonReader in, Batch batch) {
            this.in = in;
            this.batch = batch;
            this.frames = new FrameDecoder(in, batch, limits.maxBases());
        }

        Batch batch() {
            boolean hasStacks = false;
            TypeFields type = new TypeFields();
            in.beginDocument();
            while (in.nextField()) {
                switch (in.name()) {
                    case "batchId" -> batch.name(batchId());
                    case "processes" -> batch.come(processes());
                    case "stacks" -> {
                        hasStacks = true;
                        stacks();
                    }
                    default -> type.read(in);
                }
            }
            in.endDocument();
            type.counted().ifPresent(batch::count);
            if (!hasStacks) {
                throw RejectionException.invalid("stacks", "is missing");
            }
            return batch;
        }

        private String batchId() {
            String id = in.readString();
            if (id.length() > MAX_BATCH_ID_CHARS || !BATCH_ID.matcher(id).matches()) {
                throw in.refuse(in.field(), "must be 1 to %d printable ASCII characters".formatted(MAX_BATCH_ID_CHARS));
            }
            return id;
        }

        private List<ProcessSnapshot> processes() {
            List<ProcessSnapshot> processes = new ArrayList<>();
            in.beginArray();
            while (in.nextElement()) {
                if (processes.size() == limits.maxProcesses()) {
                    throw RejectionException.tooLarge("processes", "more than %d".formatted(limits.maxProcesses()));
                }
                processes.add(process());
            }
            return processes;
        }

        private ProcessSnapshot process() {
            int pid = 0;
            Maps maps = new Maps.LeftOut();
            List<BinaryHint> hints = List.of();
            Labels labels = Labels.NONE;
            in.beginObject();
            while (in.nextField()) {
                switch (in.name()) {
                    case "pid" -> pid = (int) in.readInteger(1, MAX_PID);
                    case "maps" -> maps = maps();
                    case "binaries" -> hints = hints();
                    case "labels" -> labels = labels();
                    default -> in.skip();
                }
            }
            return new ProcessSnapshot(pid, maps, hints, labels);
        }

        private Maps maps() {
            byte[] text = in.readString().getBytes(StandardCharsets.UTF_8);
            if (text.length > limits.maxMapsBytes()) {
                throw RejectionException.tooLarge(in.field(), "longer than %d bytes".formatted(limits.maxMapsBytes()));
            }
            return switch (MapsParser.parse(text, mapsLimits)) {
                case ParsedMaps parsed -> new Maps.Sent(parsed);
                case MapsParseResult.TooManyLines tooMany ->
                    throw RejectionException.tooLarge(in.field(), "more than %d lines".formatted(tooMany.maxLines()));
            };
        }

        private List<BinaryHint> hints() {
            List<BinaryHint> hints = new ArrayList<>();
            HintDecoder decoder = new HintDecoder(in, limits.maxHeadBytes());
            in.beginArray();
            while (in.nextElement()) {
                if (hints.size() == limits.maxBinaries()) {
                    throw RejectionException.tooLarge(in.field(), "more than %d".formatted(limits.maxBinaries()));
                }
                hints.addAll(decoder.hints());
            }
            return hints;
        }

        private Labels labels() {
            Labels.Builder labels = new Labels.Builder();
            in.beginObject();
            while (in.nextField()) {
                labels.add(in.name(), in.readString()).ifPresent(why -> {
                    throw in.refuse(in.field(), why);
                });
            }
            return labels.build();
        }

        private void stacks() {
            in.beginArray();
            while (in.nextElement()) {
                if (batch.stacks() == limits.maxStacks()) {
                    throw RejectionException.tooLarge("stacks", "more than %d".formatted(limits.maxStacks()));
                }
                stack();
            }
        }

        private void stack() {
            int process = Batch.NO_PROCESS;
            long count = 1;
            long time = Batch.NO_TIME;
            Optional<Batch.Form> form = Optional.empty();
            TypeFields type = new TypeFields();
            String at = in.field();
            in.beginObject();
            while (in.nextField()) {
                switch (in.name()) {
                    case "process" -> process = (int) in.readInteger(0, Integer.MAX_VALUE);
                    case "count" -> count = in.readInteger(1, MAX_COUNT);
                    case "time" -> time = in.readTime().toEpochMilli();
                    case "ips" -> form = Optional.of(onlyForm(form, Batch.Form.IPS));
                    case "frames" -> form = Optional.of(onlyForm(form, Batch.Form.FRAMES));
                    case "id" -> form = Optional.of(id(form));
                    default -> type.read(in);
                }
            }
            Batch.Form written = form.orElseThrow(() -> in.refuse(at, "has neither ips nor frames nor id"));
            if (written == Batch.Form.IPS && process == Batch.NO_PROCESS) {
                throw in.refuse(at + ".process", "is missing; ips mean something only with a process");
            }
            batch.endStack(
                    process, count, time, type.counted().map(this::typeIndex).orElse(Batch.NO_TYPE), written);
        }

        private int typeIndex(Batch.CountedType counted) {
            int index = batch.addType(counted);
            if (index == MAX_TYPES) {
                throw RejectionException.tooLarge(in.field(), "more than %d types in the batch".formatted(MAX_TYPES));
            }
            return index;
        }

        private void checkOnly(Optional<Batch.Form> before) {
            if (before.isPresent()) {
                throw in.refuse(in.field(), "a stack has one of ips, frames and id");
            }
        }

        /// Rejects the batch if `words` more frames would exceed the limit.
        ///
        /// @param words 1 for a frame, 2 for an id
        private void checkSpace(int words) {
            if (batch.frames() > limits.maxBatchFrames() - words) {
                throw RejectionException.tooLarge(
                        in.field(), "more than %d frames in the batch".formatted(limits.maxBatchFrames()));
            }
        }

        private Batch.Form id(Optional<Batch.Form> before) {
            checkOnly(before);
            checkSpace(2);
            batch.addId(StackId.parse(in.readString())
                    .orElseThrow(() -> in.refuse(in.field(), "must be 32 lower-case hex digits")));
            return Batch.Form.ID;
        }

        private Batch.Form onlyForm(Optional<Batch.Form> before, Batch.Form now) {
            checkOnly(before);
            in.beginArray();
            while (in.nextElement()) {
                if (batch.openFrames() == limits.maxFrames()) {
                    throw RejectionException.tooLarge(in.field(), "more than %d frames".formatted(limits.maxFrames()));
                }
                checkSpace(1);
                switch (now) {
                    case IPS -> batch.addAddress(in.readUnsigned());
                    case FRAMES -> frames.read();
                    case ID -> throw new IllegalArgumentException("an id has no frames");
                }
            }
            if (batch.openFrames() == 0) {
                throw in.refuse(in.field(), "is empty; a stack has at least one frame");
            }
            return now;
        }
    }

    /// The fields of a batch or a stack that define the type of counts.
    private static final class TypeFields {
        private Optional<SampleType> type = Optional.empty();
        private Optional<SampleType.Aggregation> aggregation = Optional.empty();

        /// Reads the current field, or skips it.
        void read(JsonReader in) {
            switch (in.name()) {
                case "type" ->
                    type = Optional.of(SampleType.parse(in.readString())
                            .orElseThrow(() -> in.refuse(
                                    in.field(),
                                    "must be a name and a unit, such as samples/count, each up to 64"
                                            + " letters, digits and _ . : -")));
                case "kind" ->
                    aggregation = Optional.of(
                            switch (in.readString()) {
                                case "sum" -> SampleType.Aggregation.SUM;
                                case "gauge" -> SampleType.Aggregation.GAUGE;
                                default -> throw in.refuse(in.field(), "must be sum or gauge");
                            });
                default -> in.skip();
            }
        }

        /// Returns the type; empty if both fields are absent.
        Optional<Batch.CountedType> counted() {
            if (type.isEmpty() && aggregation.isEmpty()) {
                return Optional.empty();
            }
            SampleType of = type.orElse(SampleType.SAMPLES);
            return Optional.of(new Batch.CountedType(of, aggregation.orElseGet(of::usualAggregation)));
        }
    }
}
