package dev.stackmapd.elfcore.symbols;

import static java.util.Objects.requireNonNull;

/// One function, as a list in text has it.
///
/// @param name as the list spells it; bytes that are not UTF-8 are replaced
/// @param module the kernel module that it is in, without brackets; empty for the kernel itself and for processes
/// @param start address in the process or the kernel, unsigned; not an ELF address
/// @param size bytes, unsigned; 0 where the list does not tell, and then only `start` itself is the symbol's
public record TextSymbol(String name, String module, long start, long size) {
    public TextSymbol {
        requireNonNull(name, "name");
        requireNonNull(module, "module");
    }
}
