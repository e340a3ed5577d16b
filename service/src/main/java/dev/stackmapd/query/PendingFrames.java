package dev.stackmapd.query;

import dev.stackmapd.stack.Frame;
import dev.stackmapd.symbolize.FramesByBinary;
import dev.stackmapd.symbolize.FramesByBinary.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The frames of one answer, in its order, while some of them wait to be looked up together. Each counts for the size
/// of the answer as soon as it is made. For one thread.
final class PendingFrames {
    private final ResponseSize size;
    private final List<@Nullable FrameJson> answers = new ArrayList<>();
    private final FramesByBinary asked = new FramesByBinary();

    PendingFrames(ResponseSize size) {
        this.size = size;
    }

    /// Appends a frame that needs no look-up.
    void add(FrameJson answer) {
        answers.add(size.add(answer));
    }

    /// Appends a frame whose answer is set later.
    void ask(Frame.InFile frame, Position position) {
        asked.add(answers.size(), frame, position);
        answers.add(null);
    }

    /// The frames whose answers are to be set, with their indexes.
    FramesByBinary asked() {
        return asked;
    }

    void set(int index, FrameJson answer) {
        answers.set(index, size.add(answer));
    }

    /// All frames, each of which has its answer by now.
    List<FrameJson> list() {
        return answers.stream().map(Objects::requireNonNull).toList();
    }
}
