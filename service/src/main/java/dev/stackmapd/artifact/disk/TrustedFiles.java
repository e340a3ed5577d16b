package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Layout;
import java.util.List;

/// Files outside a store that are trusted more than any of the store's. Thread-safe.
public interface TrustedFiles {
    TrustedFiles NONE = buildId -> List.of();

    /// Returns the layouts of those of a build-id, the one that counts most first. May read files.
    List<Layout> of(BuildId buildId);
}
