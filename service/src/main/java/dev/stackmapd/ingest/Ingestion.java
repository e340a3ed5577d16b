package dev.stackmapd.ingest;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.store.Intake;
import dev.stackmapd.store.Intake.Commit;
import dev.stackmapd.store.StackStore;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The one way from a batch to the store: translate, dedupe, store, answer. Thread-safe.
public final class Ingestion {
    private final StackStore store;
    private final BatchTranslation.Sources sources;
    private final BatchLedger ledger;
    private final ComputeThreads threads;
    private final IngestMetrics metrics;
    private final ContentDigest content;
    private final int keptFrames;

    /// @param keptFrames frames of a stack that are kept, from the leaf
    public Ingestion(
            StackStore store,
            BatchTranslation.Sources sources,
            BatchLedger ledger,
            ComputeThreads threads,
            IngestMetrics metrics,
            int keptFrames) {
        this.store = store;
        this.sources = sources;
        this.ledger = ledger;
        this.threads = threads;
        this.metrics = metrics;
        this.content = new ContentDigest(store.digestKey(), keptFrames);
        this.keptFrames = keptFrames;
    }

    /// Takes a batch whole, or refuses it whole.
    ///
    /// @param sender who says that it sent the batch; empty where it does not say
    /// @throws RefusedException when it is not taken
    /// @throws UnknownStacksException when it names stacks by ids that this store does not have
    public BatchReceipt accept(Batch batch, String sender) {
        String batchId = batch.batchId();
        if (batchId == null) {
            return take(batch);
        }
        byte[] digest = threads.compute(() -> content.of(batch));
        return ledger.once(new BatchLedger.Key(sender, batchId), digest, () -> take(batch));
    }

    private BatchReceipt take(Batch batch) {
        return threads.compute(() -> {
            try (BatchTranslation translation = sources.translation(batch, BuildIdProfile.LENIENT)) {
                return take(batch, translation);
            }
        });
    }

    private BatchReceipt take(Batch batch, BatchTranslation translation) {
        Intake intake = store.open();
        PackedStack stack = new PackedStack();
        Set<StackId> unknown = new LinkedHashSet<>();
        for (int i = 0; i < batch.stacks(); i++) {
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
        return switch (intake.commit()) {
            case Commit.Stored stored -> {
                translation.keepBuildIds();
                yield receipt(stored, translation);
            }
            case Commit.Full full ->
                throw RefusedException.of(
                        RefusedException.Kind.FULL,
                        "its new stacks need up to %d bytes more than the store may hold (%d); stacks that are"
                                        .formatted(full.needed(), full.capacity())
                                + " known already are still counted");
        };
    }

    private BatchReceipt receipt(Commit.Stored stored, BatchTranslation translation) {
        BatchReceipt receipt = new BatchReceipt(
                stored.ids(),
                stored.added(),
                new BatchReceipt.Frames(
                        translation.counts().inFile(), translation.counts().raw()),
                translation.warnings());
        metrics.taken(receipt);
        return receipt;
    }
}
