package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.Window;

/// 32- or 64-bit, which determines the width of addresses and the size of every structure (gABI,
/// `e_ident[EI_CLASS]`).
public enum ElfClass {
    ELF32(4, 52, 32, 40, 16, 8),
    ELF64(8, 64, 56, 64, 24, 16);

    private final int wordBytes;
    private final int headerBytes;
    private final int programHeaderBytes;
    private final int sectionHeaderBytes;
    private final int symbolBytes;
    private final int dynamicBytes;

    ElfClass(
            int wordBytes,
            int headerBytes,
            int programHeaderBytes,
            int sectionHeaderBytes,
            int symbolBytes,
            int dynamicBytes) {
        this.wordBytes = wordBytes;
        this.headerBytes = headerBytes;
        this.programHeaderBytes = programHeaderBytes;
        this.sectionHeaderBytes = sectionHeaderBytes;
        this.symbolBytes = symbolBytes;
        this.dynamicBytes = dynamicBytes;
    }

    /// Returns the width in bytes of an address, an offset or a size: `Elf32_Addr`, `Elf64_Off`.
    public int wordBytes() {
        return wordBytes;
    }

    int headerBytes() {
        return headerBytes;
    }

    int programHeaderBytes() {
        return programHeaderBytes;
    }

    int sectionHeaderBytes() {
        return sectionHeaderBytes;
    }

    int symbolBytes() {
        return symbolBytes;
    }

    int dynamicBytes() {
        return dynamicBytes;
    }

    /// Reads an address, offset or size; 32-bit ones are zero-extended.
    public long word(Cursor cursor, String what) throws MalformedBinaryException {
        return switch (this) {
            case ELF32 -> cursor.u32(what);
            case ELF64 -> cursor.u64(what);
        };
    }

    /// Reads an address, offset or size from a window.
    long word(Window window, long at) {
        return switch (this) {
            case ELF32 -> window.u32(at);
            case ELF64 -> window.u64(at);
        };
    }
}
