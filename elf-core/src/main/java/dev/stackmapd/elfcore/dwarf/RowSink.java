package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// Receives the rows of a line program in its own order: ascending within a sequence, sequences in any
/// order.
@FunctionalInterface
interface RowSink {
    int STATEMENT = 1;
    int END_OF_SEQUENCE = 2;

    /// @param file as the program counts them, from 0 in DWARF 5, from 1 before
    /// @param line 0 where the code comes from no line
    /// @param flags [#STATEMENT], [#END_OF_SEQUENCE]
    void row(long address, int file, int line, int column, int discriminator, int flags)
            throws MalformedBinaryException;
}
