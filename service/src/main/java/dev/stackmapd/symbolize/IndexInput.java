package dev.stackmapd.symbolize;

import dev.stackmapd.artifact.disk.BinaryScratch;
import dev.stackmapd.elfcore.lookup.BinaryFiles;
import java.nio.file.Path;
import java.util.List;

/// What an index is built of, open until it is closed.
interface IndexInput extends AutoCloseable {

    /// With debug information.
    BinaryFiles files();

    /// The files behind it.
    List<Path> paths();

    /// Where files were looked for.
    LookedFor lookedFor();

    /// Where sections were inflated.
    BinaryScratch scratch();

    @Override
    void close();

    /// What answers anyway, until there is an index: its sections are inflated, and its tables read, once.
    ///
    /// @param answering entered, and left when this is closed
    record Shared(
            Loaded.Ready answering, BinaryFiles files, List<Path> paths, LookedFor lookedFor, BinaryScratch scratch)
            implements IndexInput {

        @Override
        public void close() {
            answering.leave();
        }
    }
}
