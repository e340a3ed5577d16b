package dev.stackmapd.artifact;

import dev.stackmapd.artifact.disk.Agreement;
import dev.stackmapd.artifact.disk.Artifact;
import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.artifact.disk.Conflict;
import dev.stackmapd.artifact.disk.HeldArtifact;
import dev.stackmapd.elfcore.elf.Layout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The files of one build-id that are used together: those that agree with the most trusted one, and
/// with one another. Immutable.
///
/// @param inFolders those of the operator's folders, in the operator's order, damaged ones included
/// @param stored those of the store, the most trusted first
/// @param layouts of all of them, the most trusted first
/// @param conflicts the others
record Selection(List<Artifact> inFolders, List<HeldArtifact> stored, List<Layout> layouts, List<Conflict> conflicts) {
    private static final String IN_FOLDER = "a file of the operator's folders";

    /// The selection without files.
    static final Selection NONE = new Selection(List.of(), List.of(), List.of(), List.of());

    Selection {
        inFolders = List.copyOf(inFolders);
        stored = List.copyOf(stored);
        layouts = List.copyOf(layouts);
        conflicts = List.copyOf(conflicts);
    }

    /// @param inFolders in the operator's order
    /// @param now the time of the conflicts
    static Selection of(List<Artifact> inFolders, List<HeldArtifact> stored, Instant now) {
        Agreement agreement = new Agreement();
        List<Conflict> conflicts = new ArrayList<>();
        List<Artifact> usedInFolders = new ArrayList<>();
        for (Artifact file : inFolders) {
            Optional<String> why = switch (file) {
                case Artifact.Damaged damaged -> Optional.empty();
                case Artifact.Binary binary -> agreement.admit(binary.layout(), IN_FOLDER);
            };
            why.ifPresentOrElse(
                    detail -> conflicts.add(new Conflict(kind(file), Conflict.Source.FOLDER, "", now, detail)),
                    () -> usedInFolders.add(file));
        }
        List<HeldArtifact> usedStored = new ArrayList<>();
        for (HeldArtifact file :
                stored.stream().sorted(HeldArtifact.MOST_TRUSTED_FIRST).toList()) {
            agreement
                    .admit(file.layout(), file.name())
                    .ifPresentOrElse(why -> conflicts.add(Conflict.of(file, now, why)), () -> usedStored.add(file));
        }
        return new Selection(usedInFolders, usedStored, agreement.layouts(), conflicts);
    }

    boolean isEmpty() {
        return inFolders.isEmpty() && stored.isEmpty();
    }

    /// Returns the layout that maps file offsets of the executable to addresses: of a file with code,
    /// else of a debug file that has kept the offsets.
    Optional<Layout.Linked> bridge() {
        Optional<Layout.Linked> kept = Optional.empty();
        for (Layout layout : layouts) {
            if (layout instanceof Layout.Linked linked && linked.isBridge()) {
                if (linked.offsets() == Layout.Offsets.OWN) {
                    return Optional.of(linked);
                }
                kept = kept.isPresent() ? kept : Optional.of(linked);
            }
        }
        return kept;
    }

    /// Returns the contradiction between a mapped executable and the selected files.
    ///
    /// @param layout of an executable, which has its code
    Optional<Layout.Contradiction> contradiction(Layout layout) {
        // Offsets that a debug file has kept count like an executable's where they are the bridge.
        for (Layout other : layouts) {
            Optional<Layout.Contradiction> found = layout.contradictionTo(other);
            if (found.isPresent()) {
                return found;
            }
        }
        return bridge().map(Layout.Linked::asExecutable).flatMap(layout::contradictionTo);
    }

    private static ArtifactKind kind(Artifact file) {
        return file instanceof Artifact.Binary binary && binary.code() == Artifact.Code.PRESENT
                ? ArtifactKind.EXECUTABLE
                : ArtifactKind.DEBUGINFO;
    }
}
