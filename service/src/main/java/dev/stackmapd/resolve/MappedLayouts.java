package dev.stackmapd.resolve;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Layout;
import java.util.Optional;

/// Compares mapped files with what is held of their build-ids, and remembers where their code lies. Thread-safe.
public interface MappedLayouts {
    /// Compares with nothing.
    MappedLayouts NONE = (buildId, layout, evidence) -> Optional.empty();

    /// Takes what was seen of a mapped file. Opens no file, and waits for nothing.
    ///
    /// @param layout of an executable that has its code
    /// @return what contradicts the file that is held, for people; empty where nothing does
    Optional<String> seen(BuildId buildId, Layout layout, Evidence evidence);

    /// Where a layout was seen.
    enum Evidence {
        /// In the head of a file, which a batch brought.
        HEAD,
        /// In a file of this host.
        FILE
    }
}
