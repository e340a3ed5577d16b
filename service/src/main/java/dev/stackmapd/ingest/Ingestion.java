package dev.stackmapd.ingest;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.request.ComputePool;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.series.Labels;
import dev.stackmapd.series.Series;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.store.BatchStore;
import dev.stackmapd.store.BatchStore.BeginResult;
import dev.stackmapd.store.BatchTransaction;
import dev.stackmapd.store.BatchTransaction.CommitResult;
import dev.stackmapd.store.CommittedBatch;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The pipeline from a decoded batch to the store: translates, deduplicates and stores it, and returns
/// the receipt. Thread-safe.
public final class Ingestion {
    private final BatchStore store;
    private final BatchTranslation.Sources sources;
    private final ComputePool threads;
    private final IngestMetrics metrics;
    private final ContentDigest content;
    private final int keptFrames;

    /// @param keptFrames maximum number of frames of a stack that are stored, from the leaf
    public Ingestion(
            BatchStore store,
            BatchTranslation.Sources sources,
            ComputePool threads,
            IngestMetrics metrics,
            int keptFrames) {
        this.store = store;
        this.sources = sources;
        this.threads = threads;
        this.metrics = metrics;
        this.content = new ContentDigest(store.digestKey(), keptFrames);
        this.keptFrames = keptFrames;
    }

    /// Accepts or rejects a whole batch. A batch that was accepted before gets the receipt of the first
    /// time, and nothing is counted again.
    ///
    /// @param sender the name that the sender gives itself; empty if it gives none
    /// @throws RejectionException if the batch is rejected; of category `CONFLICT` if its id was used
    ///     for other content
    /// @throws UnknownStacksException if it contains ids of stacks that the store does not have
    public BatchReceipt accept(Batch batch, String sender) {
        String batchId = batch.batchId();
        if (batchId == null) {
            return take(batch, store.begin());
        }
        byte[] digest = threads.compute(() -> content.of(batch));
        return switch (store.begin(new BatchStore.Key(sender, batchId), digest)) {
            case BeginResult.New(var transaction) -> take(batch, transaction);
            case BeginResult.Replay(var before) -> BatchReceipt.of(before);
            case BeginResult.Conflict _ ->
                throw RejectionException.of(
                        RejectionException.Category.CONFLICT,
                        "batchId",
                        "was used before, for a batch of other content");
        };
    }

    private BatchReceipt take(Batch batch, BatchTransaction transaction) {
        try (transaction) {
            return threads.compute(() -> translate(batch, transaction));
        }
    }

    private BatchReceipt translate(Batch batch, BatchTransaction transaction) {
        BatchTranslation translation = sources.translation(batch, transaction.bases(), BuildIdProfile.LENIENT);
        SeriesOfBatch series = new SeriesOfBatch(batch);
        PackedStack stack = new PackedStack();
        Set<StackId> unknown = new LinkedHashSet<>();
        for (int i = 0; i < batch.stacks(); i++) {
            transaction.series(series.of(i), batch.counted(i).aggregation());
            if (batch.form(i) != Batch.Form.ID) {
                translation.translate(i, keptFrames, stack);
                transaction.add(stack, batch.count(i), batch.time(i));
            } else if (!transaction.add(batch.id(i), batch.count(i), batch.time(i))) {
                unknown.add(batch.id(i));
            }
        }
        if (!unknown.isEmpty()) {
            throw new UnknownStacksException(List.copyOf(unknown));
        }
        translation.forEachMapped(transaction::mapped);
        BatchReceipt.Details details = BatchReceipt.Details.of(translation);
        // Only a batch with an id can be recognised when it is sent again.
        return switch (transaction.commit(batch.batchId() == null ? "" : details.json())) {
            case CommitResult.Stored(var stored) -> receipt(stored, details);
            case CommitResult.Full full ->
                throw RejectionException.of(
                        RejectionException.Category.FULL,
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

    /// The series of the stacks of one batch. Equal series share one object.
    private static final class SeriesOfBatch {
        private final Batch batch;
        private final Map<Series, Series> known = new HashMap<>();
        private int lastProcess = Batch.NO_PROCESS;
        private Batch.CountedType lastCounted = Batch.CountedType.SAMPLES;
        private Series last = new Series(lastCounted.type(), Labels.NONE);

        SeriesOfBatch(Batch batch) {
            this.batch = batch;
            known.put(last, last);
        }

        Series of(int stack) {
            int process = batch.process(stack);
            Batch.CountedType counted = batch.counted(stack);
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
