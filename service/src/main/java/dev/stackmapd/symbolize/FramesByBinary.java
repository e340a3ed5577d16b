package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.stack.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The frames of one query, grouped by binary. Not thread-safe.
public final class FramesByBinary {
    private final Map<BuildId, BinaryFrames> places = new LinkedHashMap<>();

    /// Receives the results.
    @FunctionalInterface
    public interface FrameConsumer {
        /// Called once for each frame, binary by binary, on the calling thread.
        ///
        /// @param index the index with which the frame was added
        void answer(int index, Frame.InFile frame, SymbolizationResult result);
    }

    /// The position of a frame in its stack.
    public enum Position {
        /// The frame's offset is that of the instruction being executed.
        LEAF,
        /// The frame's offset is a return address, which may belong to the next line or function
        /// already, so the byte before it is looked up (XLT-16).
        CALLER
    }

    /// Adds a frame.
    ///
    /// @param index identifies the frame in the results
    public void add(int index, Frame.InFile frame, Position position) {
        places.computeIfAbsent(frame.buildId(), id -> new BinaryFrames())
                .add(index, frame, lookedUp(frame, position).value());
    }

    /// Returns the offset to look up. Offset 0 of a caller is not decremented.
    private static FileOffset lookedUp(Frame.InFile frame, Position position) {
        return switch (position) {
            case LEAF -> frame.offset();
            case CALLER -> frame.offset().value() == 0 ? frame.offset() : frame.callSite();
        };
    }

    /// Returns the frames of each binary, in the order in which binaries were first added.
    Map<BuildId, BinaryFrames> places() {
        return places;
    }

    /// The frames of one binary, in the order in which they were added.
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

        /// Passes the result of one frame to `consumer`.
        ///
        /// @param place index in [#fileOffsets]
        void answer(int place, SymbolizationResult result, FrameConsumer consumer) {
            consumer.answer(indexes[place], frames.get(place), result);
        }
    }
}
