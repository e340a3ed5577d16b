package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.lookup.SourceFrames;
import java.util.BitSet;

/// Offsets of one binary that are looked up together, with the set of those that have no result yet. Not
/// thread-safe.
final class OffsetBatch {
    private final BuildId buildId;
    private final long[] fileOffsets;
    private final ResultConsumer consumer;
    private final BitSet open = new BitSet();

    /// Receives the results.
    interface ResultConsumer {
        /// Called once for each offset, in no particular order.
        ///
        /// @param place index of the offset in the batch
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

    /// Returns the number of offsets without a result.
    int openCount() {
        return open.cardinality();
    }

    /// Returns the first index, from `from` on, that has no result; -1 if there is none.
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

    /// Sets the same result for all offsets that have none.
    void answerRest(SymbolizationResult result) {
        for (int place = nextOpen(0); place >= 0; place = nextOpen(place + 1)) {
            answer(place, result);
        }
    }
}
