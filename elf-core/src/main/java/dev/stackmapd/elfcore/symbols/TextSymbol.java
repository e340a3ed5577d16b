package dev.stackmapd.elfcore.symbols;

import static java.util.Objects.requireNonNull;

/// One function of a list in text form.
///
/// @param name as spelled in the list; bytes that are not UTF-8 are replaced
/// @param module the kernel module that it is in, without brackets; empty for the kernel itself and for
///     processes
/// @param start address in the process or the kernel, unsigned; not an ELF address
/// @param size bytes, unsigned; 0 where it is not known, and then only `start` itself belongs to the
///     symbol
public record TextSymbol(String name, String module, long start, long size) {
    public TextSymbol {
        requireNonNull(name, "name");
        requireNonNull(module, "module");
    }
}
