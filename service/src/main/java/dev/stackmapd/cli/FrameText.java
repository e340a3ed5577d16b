package dev.stackmapd.cli;

import dev.stackmapd.elfcore.demangle.DemangleMode;
import dev.stackmapd.elfcore.demangle.Demangler;
import dev.stackmapd.elfcore.lookup.SourceFrame;
import dev.stackmapd.elfcore.lookup.SourceFrames;
import java.util.List;

/// Which frames of an answer are printed, and how their names and files are written. For one thread.
record FrameText(DemangleMode mode, Paths paths, InlinedCalls calls, Demangler demangler) {
    FrameText(DemangleMode mode, Paths paths, InlinedCalls calls) {
        this(mode, paths, calls, new Demangler());
    }

    /// How much of a path is printed.
    enum Paths {
        WHOLE,
        BASE_NAMES
    }

    /// What is printed of an address in code that was inlined.
    enum InlinedCalls {
        /// Each call.
        ALL,
        /// The function that the code was inlined into, at the line of the innermost call, as `llvm-symbolizer` does.
        OUTERMOST,
        /// The function that was inlined, as `addr2line` does.
        INNERMOST
    }

    /// Returns the frames to print, innermost first; empty where nothing is known.
    List<SourceFrame> frames(SourceFrames answer) {
        List<SourceFrame> frames = answer.frames();
        if (frames.size() < 2) {
            return frames;
        }
        return switch (calls) {
            case ALL -> frames;
            case INNERMOST -> List.of(frames.getFirst());
            case OUTERMOST ->
                List.of(frames.getLast()
                        .at(
                                frames.getFirst().file(),
                                frames.getFirst().line(),
                                frames.getFirst().column()));
        };
    }

    /// Empty where it is not known.
    String function(SourceFrame frame) {
        return demangler.demangle(frame.rawName(), mode);
    }

    /// Empty where it is not known.
    String file(SourceFrame frame) {
        return switch (paths) {
            case WHOLE -> frame.file();
            case BASE_NAMES -> frame.file().substring(frame.file().lastIndexOf('/') + 1);
        };
    }
}
