package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// The section `.opd` of 64-bit PowerPC with its first ABI. Symbols of functions have the addresses of
/// descriptors in it, whose first doubleword is the address of the code. Entries have 24 bytes, or 16
/// where linkers overlap them. Not thread-safe.
final class FunctionDescriptors {
    private final long address;
    private final Cursor contents;

    /// @param contents empty in a debug-only file, which has no descriptors
    FunctionDescriptors(long address, Cursor contents) {
        this.address = address;
        this.contents = contents;
    }

    /// Returns true if an ELF address is that of a descriptor which lies in the file.
    boolean holds(long elfAddress) throws MalformedBinaryException {
        contents.moveTo(0, ".opd");
        long offset = elfAddress - address;
        return contents.remaining() >= Long.BYTES
                && Long.compareUnsigned(offset, contents.remaining() - Long.BYTES) <= 0;
    }

    /// Returns the ELF address of the code of a function by that of its descriptor.
    long codeOf(long descriptor) throws MalformedBinaryException {
        contents.moveTo(descriptor - address, ".opd");
        return contents.u64("function descriptor");
    }
}
