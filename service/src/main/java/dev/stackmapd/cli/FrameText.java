package dev.stackmapd.cli;

import dev.stackmapd.elfcore.demangle.DemangleMode;
import dev.stackmapd.elfcore.demangle.Demangler;
import dev.stackmapd.elfcore.lookup.SourceFrame;
import dev.stackmapd.elfcore.lookup.SourceFrames;
import java.util.List;

/// Selects the frames to print, and formats their names and files. Not thread-safe.
record FrameText(DemangleMode mode, Paths paths, InlinedCalls calls, Demangler demangler) {
    FrameText(DemangleMode mode, Paths paths, InlinedCalls calls) {
        this(mode, paths, calls, new Demangler());
    }

    /// How much of a path is printed.
    enum Paths {
        WHOLE,
        BASE_NAMES
    }

    /// Which frames are printed for an address in inlined code.
    enum InlinedCalls {
        /// All inlined calls.
        ALL,
        /// The function into which the code was inlined, with the line of the innermost call, as
        /// `llvm-symbolizer` does.
        OUTERMOST,
        /// The function that was inlined, as `addr2line` does.
        INNERMOST
    }

    /// Returns the frames to print, innermost first; empty if nothing is known.
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

    /// Returns the demangled name of the function; empty if it is unknown.
    String function(SourceFrame frame) {
        return demangler.demangle(frame.rawName(), mode);
    }

    /// Returns the path or name of the file; empty if it is unknown.
    String file(SourceFrame frame) {
        return switch (paths) {
            case WHOLE -> frame.file();
            case BASE_NAMES -> frame.file().substring(frame.file().lastIndexOf('/') + 1);
        };
    }
}
