package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.io.IOException;
import java.nio.file.Path;

/// Indexes of fixtures for tests of other packages.
public final class FixtureIndexes {
    private FixtureIndexes() {}

    /// Builds an index and opens it.
    public static SymbolIndex of(Path binary, Path target) throws IOException, MalformedBinaryException {
        FixtureIndex.build(binary, target);
        return FixtureIndex.open(target);
    }
}
