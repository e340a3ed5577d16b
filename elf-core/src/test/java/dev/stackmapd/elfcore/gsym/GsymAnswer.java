package dev.stackmapd.elfcore.gsym;

import dev.stackmapd.elfcore.elf.ElfAddress;
import java.util.List;

/// The result of looking up one address in a GSYM file.
public sealed interface GsymAnswer {

    /// @param frames innermost first, at least one; only the last is not inlined
    /// @param start of the function that the code belongs to
    /// @param merged names of other functions with the same code, which a linker folded into this one
    record Found(List<GsymFrame> frames, ElfAddress start, List<String> merged) implements GsymAnswer {
        public Found {
            frames = List.copyOf(frames);
            merged = List.copyOf(merged);
        }
    }

    /// No function has code there.
    record Missing() implements GsymAnswer {}
}
