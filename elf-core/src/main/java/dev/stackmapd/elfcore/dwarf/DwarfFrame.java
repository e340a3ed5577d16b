package dev.stackmapd.elfcore.dwarf;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.elf.CodeRange;
import java.util.List;

/// One function at an address: the one that the code belongs to, or one inlined into it.
///
/// @param names what the function is called; empty names where debug information knows a line but no
///     function
/// @param file path as the compiler had it, absolute where the unit says its directory; empty where it
///     is not known
/// @param line from 1; 0 where the code comes from no line of the file
/// @param column from 1; 0 where it is not known
/// @param discriminator which of several blocks on the line, 0 where it does not matter
/// @param inlined whether this function was inlined into the next frame's; `file` and `line` of that one
///     are the call
/// @param entry ELF address at which the code of this function, or of this inlined copy, is entered: not
///     always its lowest one; 0 where it is not known
/// @param code all code of the function, in the order in which debug information lists it; empty for an
///     inlined one
public record DwarfFrame(
        FunctionNames names,
        String file,
        int line,
        int column,
        int discriminator,
        boolean inlined,
        long entry,
        List<CodeRange> code,
        SourceLanguage language) {

    public DwarfFrame {
        requireNonNull(names, "names");
        requireNonNull(file, "file");
        requireNonNull(language, "language");
        code = List.copyOf(code);
    }
}
