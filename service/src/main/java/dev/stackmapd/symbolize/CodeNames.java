package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.elf.ElfAddress;
import java.util.List;

/// What one binary's files say of its code. Thread-safe until it is closed.
sealed interface CodeNames extends AutoCloseable permits DirectNames, IndexedNames {

    /// The functions that an address is in.
    ///
    /// @throws MalformedBinaryException where what would answer is damaged
    Naming find(ElfAddress address) throws MalformedBinaryException;

    /// The parts of the debug information that are known to lack, up to `limit`.
    List<LackingPart> lacking(int limit);

    /// Heap that this holds on to, bytes, roughly.
    long heapBytes();

    @Override
    void close();
}
