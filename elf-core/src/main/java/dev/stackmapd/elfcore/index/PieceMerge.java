package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.index.PieceRun.Piece;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Iterates over all pieces by address and decides which unit counts where several have the same code:
/// the first one of the section, and the others only for the rest. Pieces that overlap are held in
/// memory together, all others one at a time.
final class PieceMerge {
    private static final int MAX_OVERLAPPING = 1 << 20;
    /// Heap of a piece that is held, of its slice, and of the entries of both in tables.
    private static final int PIECE_BYTES = 256;

    private final BuildMemory memory;
    private final List<PieceRun> runs;
    private final PieceConsumer consumer;

    interface PieceConsumer {
        /// Called for the part `[from, to)` of a piece, in the order of addresses.
        void part(Piece piece, long from, long to);
    }

    private record PieceSlice(Piece piece, long from, long to) {}

    PieceMerge(BuildMemory memory, List<PieceRun> runs, PieceConsumer consumer) {
        this.memory = memory;
        this.runs = new ArrayList<>(runs);
        this.consumer = consumer;
    }

    void run() {
        runs.removeIf(PieceRun::exhausted);
        List<Piece> overlapping = new ArrayList<>();
        long end = 0;
        while (!runs.isEmpty()) {
            PieceRun first = first();
            Piece next = first.piece();
            if (!overlapping.isEmpty() && Long.compareUnsigned(next.start(), end) >= 0) {
                show(overlapping);
                memory.giveBack((long) PIECE_BYTES * overlapping.size());
                overlapping.clear();
            }
            if (overlapping.size() == MAX_OVERLAPPING) {
                throw new BuildLimitException("more than " + MAX_OVERLAPPING + " overlapping pieces of code");
            }
            end = overlapping.isEmpty() || Long.compareUnsigned(next.end(), end) > 0 ? next.end() : end;
            memory.spend(runs.size());
            memory.take(PIECE_BYTES);
            overlapping.add(next);
            first.advance();
            if (first.exhausted()) {
                runs.remove(first);
            }
        }
        show(overlapping);
        memory.giveBack((long) PIECE_BYTES * overlapping.size());
    }

    private PieceRun first() {
        PieceRun first = runs.getFirst();
        for (int i = 1; i < runs.size(); i++) {
            first = runs.get(i).before(first) ? runs.get(i) : first;
        }
        return first;
    }

    private void show(List<Piece> pieces) {
        if (pieces.size() == 1) {
            Piece only = pieces.getFirst();
            consumer.part(only, only.start(), only.end());
            return;
        }
        List<PieceSlice> parts = new ArrayList<>();
        NavigableMap<Long, Long> taken = new TreeMap<>(Long::compareUnsigned);
        pieces.stream().sorted(Comparator.comparingLong(Piece::sequence)).forEach(piece -> take(piece, taken, parts));
        parts.sort((a, b) -> Long.compareUnsigned(a.from, b.from));
        parts.forEach(part -> consumer.part(part.piece, part.from, part.to));
    }

    /// Adds the parts of a piece that no earlier piece has taken, and marks them as taken. Each gap is
    /// filled once, so all pieces together take n log n.
    ///
    /// @param taken ends by starts; the ranges do not touch
    private static void take(Piece piece, NavigableMap<Long, Long> taken, List<PieceSlice> parts) {
        long start = piece.start();
        long end = piece.end();
        long at = start;
        Map.Entry<Long, Long> around = taken.floorEntry(start);
        if (around != null && Long.compareUnsigned(around.getValue(), start) >= 0) {
            start = around.getKey();
            at = Long.compareUnsigned(around.getValue(), end) < 0 ? around.getValue() : end;
            end = Long.compareUnsigned(around.getValue(), end) > 0 ? around.getValue() : end;
        }
        for (Map.Entry<Long, Long> next = taken.higherEntry(at);
                next != null && Long.compareUnsigned(next.getKey(), end) <= 0;
                next = taken.higherEntry(at)) {
            if (next.getKey() != at) {
                parts.add(new PieceSlice(piece, at, next.getKey()));
            }
            at = next.getValue();
            taken.remove(next.getKey());
            end = Long.compareUnsigned(at, end) > 0 ? at : end;
        }
        if (Long.compareUnsigned(at, piece.end()) < 0) {
            parts.add(new PieceSlice(piece, at, piece.end()));
        }
        taken.put(start, end);
    }
}
