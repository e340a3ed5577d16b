package dev.stackmapd.elfcore.lookup;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.elf.ElfAddress;
import java.util.List;

/// Answers which functions, files and lines the code of one binary is. Thread-safe until it is closed.
public sealed interface BinarySymbols extends AutoCloseable permits FileBackedSymbols, IndexBackedSymbols {

    /// Returns the functions that an address is in.
    ///
    /// @throws MalformedBinaryException where what would answer is damaged
    SourceFrames find(ElfAddress address) throws MalformedBinaryException;

    /// Looks many addresses up, ascending, and hands each answer to `consumer` before it looks up the next address. Equal
    /// addresses share one answer, and equal names and paths of one call may share one `String`.
    ///
    /// @throws MalformedBinaryException where what would answer is damaged; then some addresses may have no answer
    void find(AddressBatch addresses, FramesConsumer consumer) throws MalformedBinaryException;

    /// Takes the answers to a batch.
    @FunctionalInterface
    interface FramesConsumer {
        /// Called once for each address, on the thread that asks.
        ///
        /// @param position of the address in the question
        void accept(int position, SourceFrames frames);
    }

    /// Returns the parts of the debug information that are known to lack, up to `limit`.
    List<LackingPart> lacking(int limit);

    /// Returns the heap that this holds on to, bytes, roughly.
    long heapBytes();

    @Override
    void close();
}
