package dev.stackmapd.elfcore.dwarf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The binaries of `binaries/dwarf/` and the files that belong to them, for tests of other packages.
public final class FixtureFinder {
    private FixtureFinder() {}

    /// Looks in the folder of a binary, packages included.
    public static DebugFileFinder beside(Path binary) {
        return new FolderFinder(binary, true);
    }

    /// All binaries that have expected frames.
    public static Stream<Path> binaries() throws IOException {
        return ExpectedFrames.all().map(ExpectedFrames::binary);
    }
}
