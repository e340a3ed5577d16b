package dev.stackmapd.resolve;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Layout;
import java.util.Optional;

/// Compares the layouts of mapped files with those of held files of the same build-id, and records them.
/// Thread-safe.
public interface MappedLayouts {
    /// Compares and records nothing.
    MappedLayouts NONE = (buildId, layout, evidence) -> Optional.empty();

    /// Records the layout of a mapped file, and compares it. Opens no file and does not block.
    ///
    /// @param layout of an executable that contains its code
    /// @return a description of the contradiction to the held file; empty if there is none
    Optional<String> seen(BuildId buildId, Layout layout, Evidence evidence);

    /// The source of a layout.
    enum Evidence {
        /// The head of a file, which was sent with a batch.
        HEAD,
        /// A file of this host.
        FILE
    }
}
