package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.lookup.SourceFrame;
import java.util.List;

/// The result of symbolizing one offset in a binary. Each negative result has a reason.
public sealed interface SymbolizationResult {

    /// The names are known.
    ///
    /// @param frames innermost first, at least one; the last is the function that physically contains
    ///     the code
    /// @param lacking the parts of the debug information that were unavailable
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

    /// The binary is held, but no function of it contains the offset.
    ///
    /// @param lacking the parts of the debug information that were unavailable
    record NoSymbol(BuildId buildId, List<LackingPart> lacking) implements SymbolizationResult {
        public NoSymbol(BuildId buildId) {
            this(buildId, List.of());
        }

        public NoSymbol {
            lacking = List.copyOf(lacking);
        }
    }

    /// The binary is not held, or only insufficient parts of it.
    record NoBinary(BuildId buildId, Cause cause) implements SymbolizationResult {}

    /// The binary is held, but malformed.
    ///
    /// @param detail the defect and its offset in the file; names no path
    record BadBinary(BuildId buildId, String detail) implements SymbolizationResult {}

    enum Cause {
        /// No held file has this build-id.
        NOT_HELD,
        /// No held file has this build-id, and requests to upstreams are pending.
        PENDING,
        /// Only a debug file is held. Its program headers differ from those of the executable, so file
        /// offsets cannot be converted to addresses.
        NO_EXECUTABLE,
        /// The files are held, but could not be read this time.
        UNREADABLE
    }
}
