package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The files of one build-id that agree with one another. They are offered in the order in which they count; a file is
/// admitted if it contradicts none that was admitted before. For one thread.
///
/// Files are compared in pairs because agreement is not transitive: two executables with their code at
/// different offsets both agree with a debug file that has lost its offsets.
public final class Agreement {
    private final List<Admitted> admitted = new ArrayList<>();

    private record Admitted(Layout layout, String name) {}

    /// Admits a file unless it contradicts another one.
    ///
    /// @param name how messages about other files call this file; contains no path
    /// @return the contradiction, for people; empty if the file was admitted
    public Optional<String> admit(Layout layout, String name) {
        Optional<String> contradiction = contradiction(layout);
        if (contradiction.isEmpty()) {
            admitted.add(new Admitted(layout, name));
        }
        return contradiction;
    }

    /// Returns what [#admit] would, without admitting anything.
    public Optional<String> contradiction(Layout layout) {
        for (Admitted other : admitted) {
            Optional<Layout.Contradiction> found = layout.contradictionTo(other.layout());
            if (found.isPresent()) {
                return found.map(contradiction -> contradiction.against(other.name()));
            }
        }
        return Optional.empty();
    }

    /// Returns the layouts of the admitted files, in their order.
    public List<Layout> layouts() {
        return admitted.stream().map(Admitted::layout).toList();
    }
}
