package dev.stackmapd.elfcore.lookup;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.elf.ElfAddress;
import java.util.List;

/// Finds the functions, files and lines of the code of one binary. Thread-safe until it is closed.
public sealed interface BinarySymbols extends AutoCloseable permits FileBackedSymbols, IndexBackedSymbols {

    /// Returns the functions at an address, with file and line.
    ///
    /// @throws MalformedBinaryException if a needed part is damaged
    SourceFrames find(ElfAddress address) throws MalformedBinaryException;

    /// Looks up many addresses in ascending order, and passes each answer to `consumer` before the next
    /// look-up. Equal addresses share one answer, and equal names and paths of one call may share one
    /// `String`.
    ///
    /// @throws MalformedBinaryException if a needed part is damaged; then `consumer` has not received
    ///     all addresses
    void find(AddressBatch addresses, FramesConsumer consumer) throws MalformedBinaryException;

    /// Receives the answers for a batch.
    @FunctionalInterface
    interface FramesConsumer {
        /// Called once for each address, on the calling thread.
        ///
        /// @param position of the address, see [AddressBatch#position]
        void accept(int position, SourceFrames frames);
    }

    /// Returns the parts of the debug information that are known to be missing, up to `limit`.
    List<LackingPart> lacking(int limit);

    /// Returns the approximate heap that this object holds, in bytes.
    long heapBytes();

    @Override
    void close();
}
