package dev.stackmapd.elfcore.elf;

/// Is shown pointers of a file that does not know yet where it will lie.
@FunctionalInterface
public interface PointerSink {
    /// @param slot ELF address of the pointer
    /// @param target ELF address that it points to
    void pointer(long slot, long target);
}
