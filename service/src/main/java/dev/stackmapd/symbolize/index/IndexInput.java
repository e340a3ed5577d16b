package dev.stackmapd.symbolize.index;

import dev.stackmapd.artifact.disk.BinaryScratch;
import dev.stackmapd.elfcore.lookup.BinaryFiles;
import java.nio.file.Path;
import java.util.List;

/// What an index is built of, open until it is closed.
public interface IndexInput extends AutoCloseable {

    /// With debug information.
    BinaryFiles files();

    /// The files behind it.
    List<Path> paths();

    /// Where files were looked for.
    SearchedPaths searchedPaths();

    /// Where sections were inflated.
    BinaryScratch scratch();

    @Override
    void close();
}
