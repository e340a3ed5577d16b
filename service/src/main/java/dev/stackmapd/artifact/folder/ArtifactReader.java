package dev.stackmapd.artifact.folder;

import dev.stackmapd.artifact.disk.Artifact;
import dev.stackmapd.artifact.disk.Quality;
import dev.stackmapd.elfcore.bytes.FileBytes;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.elfcore.elf.BuildIdReader;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.Htlhash;
import dev.stackmapd.elfcore.elf.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Reads files of folders and classifies them. Thread-safe.
public final class ArtifactReader {
    private final ParseLimits limits;
    private final BuildIdReader buildIds;

    public ArtifactReader(ParseLimits limits) {
        this.limits = limits;
        this.buildIds = new BuildIdReader(BuildIdProfile.LENIENT, limits);
    }

    /// Returns an empty value for a file that is not ELF, and for a file without a build-id that no
    /// process maps to run it: a relocatable one, of which a folder of a build may have thousands, or
    /// one without code.
    public Optional<Artifact> read(Path path) throws IOException {
        try (FileBytes bytes = FileBytes.open(path)) {
            return switch (buildIds.read(bytes)) {
                case BuildIdSearch.Found(BuildId id) -> Optional.of(describe(id, Htlhash.of(bytes), path));
                case BuildIdSearch.Missing missing ->
                    switch (missing.cause()) {
                        case NOT_ELF, TRUNCATED -> Optional.empty();
                        case NO_NOTE, BAD_NOTE -> withoutBuildId(Htlhash.of(bytes), path);
                    };
            };
        }
    }

    private Optional<Artifact> withoutBuildId(BuildId htlhash, Path path) throws IOException {
        Artifact artifact = describe(htlhash, htlhash, path);
        boolean isMapped = switch (artifact) {
            case Artifact.Damaged damaged -> true;
            case Artifact.Binary binary ->
                binary.code() == Artifact.Code.PRESENT && binary.layout() instanceof Layout.Linked;
        };
        return isMapped ? Optional.of(artifact) : Optional.empty();
    }

    private Artifact describe(BuildId buildId, BuildId htlhash, Path path) throws IOException {
        try (ElfFile file = ElfFile.open(path, limits)) {
            return new Artifact.Binary(
                    buildId,
                    htlhash,
                    path,
                    file.holdsCode() ? Artifact.Code.PRESENT : Artifact.Code.ABSENT,
                    Quality.of(file),
                    file.layout());
        } catch (MalformedBinaryException e) {
            return new Artifact.Damaged(buildId, htlhash, path, "offset 0x%x: %s".formatted(e.offset(), e.reason()));
        } catch (InternalError e) {
            // Reading a mapping throws this if the file was truncated meanwhile.
            throw new IOException("the file changed while it was read", e);
        }
    }
}
