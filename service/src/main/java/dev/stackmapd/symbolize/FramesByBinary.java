package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.stack.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The frames of one question, grouped by binary. For one thread.
public final class FramesByBinary {
    private final Map<BuildId, BinaryFrames> places = new LinkedHashMap<>();

    /// Takes the answers.
    @FunctionalInterface
    public interface FrameConsumer {
        /// Called once for each frame, binary by binary, on the thread that asks.
        ///
        /// @param index that the frame was added with
        void answer(int index, Frame.InFile frame, SymbolizationResult result);
    }

    /// Where a frame stands in its stack.
    public enum Position {
        /// Where the program stands.
        LEAF,
        /// Where a call returns to, which may be the next line or function already, so that the byte before it is
        /// looked up (XLT-16).
        CALLER
    }

    /// @param index of the frame in the question, which its answer comes with
    public void add(int index, Frame.InFile frame, Position position) {
        places.computeIfAbsent(frame.buildId(), id -> new BinaryFrames())
                .add(index, frame, lookedUp(frame, position).value());
    }

    /// Nothing lies before the first byte of a file.
    private static FileOffset lookedUp(Frame.InFile frame, Position position) {
        return switch (position) {
            case LEAF -> frame.offset();
            case CALLER -> frame.offset().value() == 0 ? frame.offset() : frame.callSite();
        };
    }

    /// The binaries in the order in which they were first added, and the places that are looked up in each.
    Map<BuildId, BinaryFrames> places() {
        return places;
    }

    /// Places of one binary, in the order in which they were added.
    static final class BinaryFrames {
        private long[] fileOffsets = new long[4];
        private int[] indexes = new int[4];
        private final List<Frame.InFile> frames = new ArrayList<>(4);

        private void add(int index, Frame.InFile frame, long fileOffset) {
            int count = frames.size();
            if (count == indexes.length) {
                fileOffsets = Arrays.copyOf(fileOffsets, 2 * count);
                indexes = Arrays.copyOf(indexes, 2 * count);
            }
            fileOffsets[count] = fileOffset;
            indexes[count] = index;
            frames.add(frame);
        }

        long[] fileOffsets() {
            return Arrays.copyOf(fileOffsets, frames.size());
        }

        /// @param place position in [#fileOffsets]
        void answer(int place, SymbolizationResult result, FrameConsumer consumer) {
            consumer.answer(indexes[place], frames.get(place), result);
        }
    }
}
