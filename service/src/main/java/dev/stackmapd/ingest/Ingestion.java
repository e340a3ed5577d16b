package dev.stackmapd.ingest;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.request.ComputeThreads;
import dev.stackmapd.request.RefusedException;
import dev.stackmapd.series.Labels;
import dev.stackmapd.series.Series;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.store.BatchStore;
import dev.stackmapd.store.BatchStore.Begun;
import dev.stackmapd.store.CommittedBatch;
import dev.stackmapd.store.Intake;
import dev.stackmapd.store.Intake.Commit;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The one way from a batch to the store: translate, dedupe, store, answer. Thread-safe.
public final class Ingestion {
    private final BatchStore store;
    private final BatchTranslation.Sources sources;
    private final ComputeThreads threads;
    private final IngestMetrics metrics;
    private final ContentDigest content;
    private final int keptFrames;

    /// @param keptFrames frames of a stack that are kept, from the leaf
    public Ingestion(
            BatchStore store,
            BatchTranslation.Sources sources,
            ComputeThreads threads,
            IngestMetrics metrics,
            int keptFrames) {
        this.store = store;
        this.sources = sources;
        this.threads = threads;
        this.metrics = metrics;
        this.content = new ContentDigest(store.digestKey(), keptFrames);
        this.keptFrames = keptFrames;
    }

    /// Takes a batch whole, or refuses it whole. One that was taken before gets the answer of the first time,
    /// and counts nothing again.
    ///
    /// @param sender who says that it sent the batch; empty where it does not say
    /// @throws RefusedException when it is not taken; of kind `CONFLICT` when its name was used for other content
    /// @throws UnknownStacksException when it names stacks by ids that this store does not have
    public BatchReceipt accept(Batch batch, String sender) {
        String batchId = batch.batchId();
        if (batchId == null) {
            return take(batch, store.begin());
        }
        byte[] digest = threads.compute(() -> content.of(batch));
        return switch (store.begin(new BatchStore.Key(sender, batchId), digest)) {
            case Begun.Fresh(var intake) -> take(batch, intake);
            case Begun.Before(var before) -> BatchReceipt.of(before);
            case Begun.Conflict _ ->
                throw RefusedException.of(
                        RefusedException.Kind.CONFLICT, "batchId", "was used before, for a batch of other content");
        };
    }

    private BatchReceipt take(Batch batch, Intake intake) {
        try (intake) {
            return threads.compute(() -> translate(batch, intake));
        }
    }

    private BatchReceipt translate(Batch batch, Intake intake) {
        BatchTranslation translation = sources.translation(batch, intake.bases(), BuildIdProfile.LENIENT);
        SeriesOfBatch series = new SeriesOfBatch(batch);
        PackedStack stack = new PackedStack();
        Set<StackId> unknown = new LinkedHashSet<>();
        for (int i = 0; i < batch.stacks(); i++) {
            intake.series(series.of(i), batch.counted(i).kind());
            if (batch.form(i) != Batch.Form.ID) {
                translation.translate(i, keptFrames, stack);
                intake.add(stack, batch.count(i), batch.time(i));
            } else if (!intake.add(batch.id(i), batch.count(i), batch.time(i))) {
                unknown.add(batch.id(i));
            }
        }
        if (!unknown.isEmpty()) {
            throw new UnknownStacksException(List.copyOf(unknown));
        }
        translation.forEachMapped(intake::mapped);
        BatchReceipt.Details details = BatchReceipt.Details.of(translation);
        // Only a batch that has a name can be asked for again.
        return switch (intake.commit(batch.batchId() == null ? "" : details.json())) {
            case Commit.Stored(var stored) -> receipt(stored, details);
            case Commit.Full full ->
                throw RefusedException.of(
                        RefusedException.Kind.FULL,
                        "what is new in it needs up to %d bytes more than the store may hold (%d); stacks that are"
                                        .formatted(full.needed(), full.capacity())
                                + " known already are still counted");
        };
    }

    private BatchReceipt receipt(CommittedBatch stored, BatchReceipt.Details details) {
        BatchReceipt receipt = BatchReceipt.of(stored, details);
        metrics.taken(receipt);
        return receipt;
    }

    /// The series of the stacks of one batch, each made once.
    private static final class SeriesOfBatch {
        private final Batch batch;
        private final Map<Series, Series> known = new HashMap<>();
        private int lastProcess = Batch.NO_PROCESS;
        private Batch.Counted lastCounted = Batch.Counted.SAMPLES;
        private Series last = new Series(lastCounted.type(), Labels.NONE);

        SeriesOfBatch(Batch batch) {
            this.batch = batch;
            known.put(last, last);
        }

        Series of(int stack) {
            int process = batch.process(stack);
            Batch.Counted counted = batch.counted(stack);
            if (process != lastProcess || !counted.equals(lastCounted)) {
                Labels labels = process == Batch.NO_PROCESS
                        ? Labels.NONE
                        : batch.processes().get(process).labels();
                last = known.computeIfAbsent(new Series(counted.type(), labels), series -> series);
                lastProcess = process;
                lastCounted = counted;
            }
            return last;
        }
    }
}
