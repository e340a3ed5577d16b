package dev.stackmapd.artifact;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder;
import dev.stackmapd.elfcore.dwarf.LocalDebugFiles;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.io.IOException;
import java.util.Optional;

/// Finds the parts of split debug information beside a file, and among what is held by build-id.
///
/// @param beside looks where the file itself says
/// @param held of the same build-id; open as long as this is used
public record HeldDebugFiles(LocalDebugFiles beside, HeldFiles held, Artifacts artifacts) implements DebugFileFinder {

    @Override
    public Optional<ElfFile> find(Wanted wanted) throws IOException, MalformedBinaryException {
        Optional<ElfFile> found = beside.find(wanted);
        if (found.isPresent()) {
            return found;
        }
        return switch (wanted) {
            case Wanted.SplitPackage any ->
                held.packages().isEmpty()
                        ? Optional.empty()
                        : Optional.of(ElfFile.open(held.packages().getFirst().path(), beside.limits()));
            case Wanted.SplitUnit unit -> Optional.empty();
            case Wanted.Alternate alternate -> byBuildId(alternate.buildId());
        };
    }

    /// The file is mapped while it is leased; the mapping outlives the lease.
    private Optional<ElfFile> byBuildId(BuildId buildId) throws IOException, MalformedBinaryException {
        try (HeldFiles files = artifacts.held(buildId)) {
            for (Artifact file : files.files()) {
                if (file instanceof Artifact.Binary binary && binary.symbols() == Artifact.Symbols.DEBUG_INFORMATION) {
                    return Optional.of(ElfFile.open(binary.path(), beside.limits()));
                }
            }
            return Optional.empty();
        }
    }
}
