package dev.stackmapd.ingest;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.ingest.Batch.ProcessSnapshot;
import dev.stackmapd.ingest.BatchReceipt.Warning;
import dev.stackmapd.process.MapsWarning;
import dev.stackmapd.process.ParsedMaps;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.resolve.BatchFiles;
import dev.stackmapd.resolve.FrameCounts;
import dev.stackmapd.resolve.HostFiles;
import dev.stackmapd.resolve.MappedBinaries;
import dev.stackmapd.resolve.MappedBinaries.MappedBinary;
import dev.stackmapd.resolve.MappedLayouts;
import dev.stackmapd.resolve.ProcessFiles.MappingsOrigin;
import dev.stackmapd.resolve.ProcessTranslator;
import dev.stackmapd.resolve.ProcessTranslator.TranslationStatus;
import dev.stackmapd.resolve.Resolution;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Translates the stacks of one batch into frames; each process is prepared at its first stack. Not
/// thread-safe.
public final class BatchTranslation {
    /// The sources of translations. The service has one instance. Thread-safe.
    ///
    /// @param files of this host that may be read
    /// @param missingMaps creates, for each batch, the source of maps that the sender left out
    /// @param layouts compares mapped files with held files
    public record Sources(HostFiles files, Supplier<ProcessMapsSource> missingMaps, MappedLayouts layouts) {

        /// Returns the translation of one batch.
        ///
        /// @param bases the claim for base numbers; its owner closes it
        /// @param profile how heads and files are read
        public BatchTranslation translation(Batch batch, FrameBases.Claim bases, BuildIdProfile profile) {
            return new BatchTranslation(batch, bases, profile, this);
        }
    }

    /// 1,000, together with the one warning of the whole batch.
    private static final int MAX_WARNINGS = 999;

    private final Batch batch;
    private final BuildIdProfile profile;
    private final Sources sources;
    private final FrameBases.Claim bases;
    private final BatchFiles files;
    private final ProcessMapsSource missingMaps;
    private final @Nullable ProcessTranslator[] translators;
    private final List<MappedBinaries> binaries = new ArrayList<>();
    private final FrameCounts counts = new FrameCounts();
    private int[] baseNumbers = {}; // of the batch's bases, plus one; 0 while not looked up
    private final List<Warning> warnings = new ArrayList<>();

    private BatchTranslation(Batch batch, FrameBases.Claim bases, BuildIdProfile profile, Sources sources) {
        this.batch = batch;
        this.profile = profile;
        this.sources = sources;
        this.bases = bases;
        this.files = sources.files().batch();
        this.missingMaps = sources.missingMaps().get();
        this.translators = new ProcessTranslator[batch.processes().size()];
    }

    /// Fills `into` with the frames of a stack, leaf first.
    ///
    /// @param stack a stack that was sent as ips or frames
    /// @param keptFrames maximum number of frames; if the stack has more, `into` is marked as truncated
    /// @throws RejectionException if the mappings are unavailable, or the dictionary is full
    public void translate(int stack, int keptFrames, PackedStack into) {
        int from = batch.from(stack);
        int end = Math.min(batch.end(stack), from + keptFrames);
        switch (batch.form(stack)) {
            case IPS -> translate(stack, from, end, into);
            case FRAMES -> {
                into.clear();
                copy(from, end, into);
            }
            case ID -> throw new IllegalArgumentException("the frames of an id are the store's");
        }
        if (end < batch.end(stack)) {
            into.markTruncated();
            warn(Warning.ofStack(
                    stack,
                    "%d frames were sent, the %d at the leaf are kept".formatted(batch.end(stack) - from, keptFrames)));
        }
    }

    /// Obtains the mappings of a stack's process, so that a failure occurs before any stack of the batch
    /// is stored.
    ///
    /// @param stack a stack of ips
    /// @throws RejectionException if the mappings are unavailable
    public void prepare(int stack) {
        translator(batch.process(stack));
    }

    /// Fills `into` with the frames of a part of a stack.
    ///
    /// @param stack one of raw ips
    /// @param from the part's beginning in the batch's [Batch#values]
    /// @throws RejectionException when the batch cannot be taken
    public void translate(int stack, int from, int to, PackedStack into) {
        into.clear();
        if (translator(batch.process(stack)).translate(batch.values(), from, to, into)
                == TranslationStatus.BASES_FULL) {
            throw tooManyBases();
        }
    }

    /// Returns the counts of the frames so far.
    FrameCounts counts() {
        return counts;
    }

    /// Returns the warnings so far, up to a limit. A warning about skipped look-ups is always included.
    public List<Warning> warnings() {
        List<Warning> all = new ArrayList<>(warnings);
        files.omission().ifPresent(detail -> all.add(Warning.ofBatch(detail)));
        return all;
    }

    /// Passes each build-id that was resolved through a mapping to `consumer`, with the name of the
    /// mapping.
    void forEachMapped(BiConsumer<BuildId, String> consumer) {
        for (MappedBinaries process : binaries) {
            for (MappedBinary binary : process.decided()) {
                if (binary.resolution() instanceof Resolution.Found found) {
                    consumer.accept(found.buildId(), binary.vma().name());
                }
            }
        }
    }

    private ProcessTranslator translator(int process) {
        ProcessTranslator known = translators[process];
        if (known != null) {
            return known;
        }
        ProcessSnapshot snapshot = batch.processes().get(process);
        ParsedMaps maps = switch (snapshot.maps()) {
            case ProcessSnapshot.Maps.Sent sent -> sent.parsed();
            case ProcessSnapshot.Maps.LeftOut _ ->
                missingMaps.of(snapshot.pid(), "processes[%d].maps".formatted(process));
        };
        MappingsOrigin from = switch (snapshot.maps()) {
            case ProcessSnapshot.Maps.Sent _ -> MappingsOrigin.SENT;
            case ProcessSnapshot.Maps.LeftOut _ -> MappingsOrigin.READ_HERE;
        };
        warn(process, maps);
        MappedBinaries mapped = new MappedBinaries(
                maps.vmas(), snapshot.hints(), files.of(snapshot.pid(), from), profile, sources.layouts());
        binaries.add(mapped);
        ProcessTranslator translator = new ProcessTranslator(maps.vmas(), mapped, bases, counts);
        translators[process] = translator;
        return translator;
    }

    private void copy(int from, int end, PackedStack into) {
        for (int i = from; i < end; i++) {
            long value = batch.values()[i];
            if (batch.hasBase(i)) {
                into.addBased(numberOf(i), value);
                counts.count(batch.base(i));
            } else {
                into.addRaw(value, batch.reason(i));
                counts.countRaw(batch.reason(i));
            }
        }
    }

    /// Returns the dictionary number of a frame's base. Each base of the batch is looked up once.
    private int numberOf(int frame) {
        int index = batch.baseIndex(frame);
        if (baseNumbers.length != batch.bases()) {
            baseNumbers = new int[batch.bases()];
        }
        if (baseNumbers[index] == 0) {
            baseNumbers[index] = 1 + bases.numberOf(batch.base(frame)).orElseThrow(BatchTranslation::tooManyBases);
        }
        return baseNumbers[index] - 1;
    }

    private void warn(int process, ParsedMaps maps) {
        for (MapsWarning warning : maps.warnings()) {
            warn(Warning.ofLine(process, warning.line(), warning.column(), warning.detail()));
        }
        if (maps.omittedWarnings() > 0) {
            warn(Warning.ofProcess(process, "%d more lines like these".formatted(maps.omittedWarnings())));
        }
    }

    private void warn(Warning warning) {
        if (warnings.size() < MAX_WARNINGS) {
            warnings.add(warning);
        }
    }

    private static RejectionException tooManyBases() {
        return RejectionException.of(
                RejectionException.Category.FULL,
                "there is no space for another build-id or function that was never seen before");
    }
}
