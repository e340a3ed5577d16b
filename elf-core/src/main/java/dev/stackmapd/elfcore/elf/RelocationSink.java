package dev.stackmapd.elfcore.elf;

/// Receives the relocations that the dynamic linker would apply.
@FunctionalInterface
public interface RelocationSink {
    /// @param slot ELF address of the bytes that the relocation sets
    /// @param symbol index into the dynamic symbols; 0 where only the load address is added, on every
    ///     machine
    /// @param addend the addend; 0 where it is in the slot itself (`SHT_REL`)
    void relocation(long slot, long symbol, long addend);
}
