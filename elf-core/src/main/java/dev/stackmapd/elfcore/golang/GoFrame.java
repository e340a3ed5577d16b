package dev.stackmapd.elfcore.golang;

import static java.util.Objects.requireNonNull;

/// One Go function at an address: the one that the code belongs to, or one inlined into it.
///
/// @param function full name as Go prints it, e.g. `main.(*ring).next`; empty where it is damaged
/// @param file path as the compiler had it; empty where it is not known
/// @param line from 1; 0 where it is not known. For all but the innermost frame it is the line of the
///     call
/// @param startLine line of the `func` keyword, from 1; 0 where it is not known, as before Go 1.20
/// @param inlined whether this function was inlined into the next frame's
/// @param entry ELF address where the code of this function begins; 0 where it is inlined
public record GoFrame(String function, String file, int line, int startLine, boolean inlined, long entry) {
    public GoFrame {
        requireNonNull(function, "function");
        requireNonNull(file, "file");
    }
}
