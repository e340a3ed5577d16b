package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfAddress;
import java.util.List;

/// What one binary's files say of its code. Thread-safe until it is closed.
sealed interface CodeNames extends AutoCloseable permits DirectNames, IndexedNames {

    /// The functions that an address is in, innermost first; empty where nothing holds it.
    ///
    /// @throws MalformedBinaryException where what would answer is damaged
    List<SourceFrame> find(ElfAddress address) throws MalformedBinaryException;

    /// Heap that this holds on to, bytes, roughly.
    long heapBytes();

    @Override
    void close();
}
