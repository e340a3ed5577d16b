package dev.stackmapd.symbolize.index;

import dev.stackmapd.artifact.disk.BinaryScratch;
import dev.stackmapd.elfcore.lookup.BinaryFiles;
import java.nio.file.Path;
import java.util.List;

/// The open files of which an index is built. Closing the input releases them.
public interface IndexInput extends AutoCloseable {

    /// Returns the files, which include debug information.
    BinaryFiles files();

    /// Returns the paths of the files.
    List<Path> paths();

    /// Returns the paths at which files were searched.
    SearchedPaths searchedPaths();

    /// Returns the scratch space with decompressed sections.
    BinaryScratch scratch();

    @Override
    void close();
}
