package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.lookup.SourceFrames;
import java.util.BitSet;

/// Places of one binary that are looked up together, and which of them have no answer yet. For one thread.
final class OffsetBatch {
    private final BuildId buildId;
    private final long[] fileOffsets;
    private final ResultConsumer consumer;
    private final BitSet open = new BitSet();

    /// Takes the answers.
    interface ResultConsumer {
        /// Called once for each place, in no order.
        ///
        /// @param place position in the question
        void answer(int place, SymbolizationResult result);
    }

    OffsetBatch(BuildId buildId, long[] fileOffsets, ResultConsumer consumer) {
        this.buildId = buildId;
        this.fileOffsets = fileOffsets;
        this.consumer = consumer;
        open.set(0, fileOffsets.length);
    }

    BuildId buildId() {
        return buildId;
    }

    boolean isAnswered() {
        return open.isEmpty();
    }

    /// Places without an answer.
    int openCount() {
        return open.cardinality();
    }

    /// The first place from `from` on that has no answer, or -1.
    int nextOpen(int from) {
        return open.nextSetBit(from);
    }

    FileOffset offset(int place) {
        return new FileOffset(fileOffsets[place]);
    }

    void answer(int place, SourceFrames found) {
        answer(
                place,
                found.frames().isEmpty()
                        ? new SymbolizationResult.NoSymbol(buildId, found.lacking())
                        : new SymbolizationResult.Known(found.frames(), found.lacking()));
    }

    void answer(int place, MalformedBinaryException damage) {
        answer(
                place,
                new SymbolizationResult.BadBinary(
                        buildId, "offset 0x%x: %s".formatted(damage.offset(), damage.reason())));
    }

    void answer(int place, SymbolizationResult result) {
        open.clear(place);
        consumer.answer(place, result);
    }

    /// Gives all places that have no answer the same one.
    void answerRest(SymbolizationResult result) {
        for (int place = nextOpen(0); place >= 0; place = nextOpen(place + 1)) {
            answer(place, result);
        }
    }
}
