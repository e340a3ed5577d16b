package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.lookup.SourceFrame;
import java.util.List;

/// What came of looking up one place in a binary. Every "no" has its reason.
public sealed interface SymbolizationResult {

    /// @param frames innermost first, at least one; the last is the function that the code really belongs to
    /// @param lacking the parts of the debug information that this did without
    record Known(List<SourceFrame> frames, List<LackingPart> lacking) implements SymbolizationResult {
        public Known(List<SourceFrame> frames) {
            this(frames, List.of());
        }

        public Known {
            frames = List.copyOf(frames);
            lacking = List.copyOf(lacking);
            if (frames.isEmpty()) {
                throw new IllegalArgumentException("a known place has at least one frame");
            }
        }
    }

    /// The binary is here, and no function of it holds the place.
    ///
    /// @param lacking the parts of the debug information that could not be asked
    record NoSymbol(BuildId buildId, List<LackingPart> lacking) implements SymbolizationResult {
        public NoSymbol(BuildId buildId) {
            this(buildId, List.of());
        }

        public NoSymbol {
            lacking = List.copyOf(lacking);
        }
    }

    /// The binary is not here, or not enough of it.
    record NoBinary(BuildId buildId, Cause cause) implements SymbolizationResult {}

    /// The binary is here and broken.
    ///
    /// @param detail what is wrong, and at which byte of the file; names no path
    record BadBinary(BuildId buildId, String detail) implements SymbolizationResult {}

    enum Cause {
        /// No file has this build-id.
        NOT_HELD,
        /// No file that is here has this build-id; upstreams are being asked.
        PENDING,
        /// Only a debug file is here. Its program headers are not the executable's, so that file offsets cannot be
        /// turned into addresses.
        NO_EXECUTABLE,
        /// The files are there, but could not be read this time.
        UNREADABLE
    }
}
