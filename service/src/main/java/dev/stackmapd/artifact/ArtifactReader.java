package dev.stackmapd.artifact;

import dev.stackmapd.elfcore.bytes.FileBytes;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.elfcore.elf.BuildIdReader;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Says what a file is. Thread-safe.
final class ArtifactReader {
    private final ParseLimits limits;
    private final BuildIdReader buildIds;

    ArtifactReader(ParseLimits limits) {
        this.limits = limits;
        this.buildIds = new BuildIdReader(BuildIdProfile.LENIENT, limits);
    }

    /// Empty for a file without a build-id, ELF or not.
    Optional<Artifact> read(Path path) throws IOException {
        try (FileBytes bytes = FileBytes.open(path)) {
            return buildIds.read(bytes) instanceof BuildIdSearch.Found(BuildId id)
                    ? Optional.of(describe(id, path))
                    : Optional.empty();
        }
    }

    private Artifact describe(BuildId buildId, Path path) throws IOException {
        try (ElfFile file = ElfFile.open(path, limits)) {
            return new Artifact.Binary(
                    buildId, path, file.holdsCode() ? Artifact.Code.PRESENT : Artifact.Code.ABSENT, symbols(file));
        } catch (MalformedBinaryException e) {
            return new Artifact.Damaged(buildId, path, "offset 0x%x: %s".formatted(e.offset(), e.reason()));
        } catch (InternalError e) {
            // What a read of a mapping throws when the file behind it was cut short meanwhile.
            throw new IOException("the file changed while it was read", e);
        }
    }

    private static Artifact.Symbols symbols(ElfFile file) throws MalformedBinaryException {
        if (file.hasSection(".debug_info") || file.hasSection(".zdebug_info")) {
            return Artifact.Symbols.DEBUG_INFORMATION;
        }
        if (file.symtab().isPresent()) {
            return Artifact.Symbols.SYMTAB;
        }
        return file.dynsym().isPresent() ? Artifact.Symbols.DYNSYM : Artifact.Symbols.NONE;
    }
}
