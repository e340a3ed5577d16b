package dev.stackmapd.elfcore.elf;

/// Is shown the relocations that the dynamic linker would apply.
@FunctionalInterface
public interface RelocationSink {
    /// @param slot ELF address of what is to be set
    /// @param symbol index into the dynamic symbols; 0 where only the load address is added, on every machine
    /// @param addend what is added; 0 where it stands in the slot itself (`SHT_REL`)
    void relocation(long slot, long symbol, long addend);
}
