package dev.stackmapd.artifact;

import dev.stackmapd.artifact.disk.Quality;
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
                    buildId,
                    path,
                    file.holdsCode() ? Artifact.Code.PRESENT : Artifact.Code.ABSENT,
                    Quality.of(file),
                    file.layout());
        } catch (MalformedBinaryException e) {
            return new Artifact.Damaged(buildId, path, "offset 0x%x: %s".formatted(e.offset(), e.reason()));
        } catch (InternalError e) {
            // What a read of a mapping throws when the file behind it was cut short meanwhile.
            throw new IOException("the file changed while it was read", e);
        }
    }
}
