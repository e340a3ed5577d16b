package dev.stackmapd.symbolize;

import dev.stackmapd.artifact.Artifact;
import dev.stackmapd.artifact.DirectoryArtifacts;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.LoadSegment;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import dev.stackmapd.symbolize.Symbolized.Cause;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Puts together what one build-id's files have: segments from one with code, symbols from the one with the best.
///
/// A file that fails is passed over as long as another can do its part. For one build-id, one thread.
final class TableLoader {
    private final DirectoryArtifacts artifacts;
    private final ParseLimits limits;
    private final BuildId buildId;
    private @Nullable String damage;
    private boolean unreadable;

    TableLoader(DirectoryArtifacts artifacts, ParseLimits limits, BuildId buildId) {
        this.artifacts = artifacts;
        this.limits = limits;
        this.buildId = buildId;
    }

    Loaded load() {
        List<Artifact> files = artifacts.find(buildId);
        Optional<List<LoadSegment>> segments = firstOf(files, Part.SEGMENTS, ElfFile::loadSegments);
        if (segments.isEmpty()) {
            return missing(files.stream().anyMatch(TableLoader::isDebugFile) ? Cause.NO_EXECUTABLE : Cause.NOT_HELD);
        }
        Optional<SymbolTable> symbols = firstOf(files, Part.SYMBOLS, SymbolTable::read);
        return symbols.isPresent() ? new Loaded.Table(segments.get(), symbols.get()) : missing(Cause.NOT_HELD);
    }

    /// @param cause if nothing worse has been met
    private Loaded missing(Cause cause) {
        if (damage != null) {
            return new Loaded.Bad(damage);
        }
        return new Loaded.Absent(unreadable ? Cause.UNREADABLE : cause);
    }

    private static boolean isDebugFile(Artifact file) {
        return file instanceof Artifact.Binary binary && binary.code() == Artifact.Code.ABSENT;
    }

    private <T> Optional<T> firstOf(List<Artifact> files, Part part, Reading<T> reading) {
        for (Artifact file : files) {
            switch (file) {
                case Artifact.Damaged damaged -> damage = damaged.detail();
                case Artifact.Binary binary -> {
                    Optional<T> read = part.isIn(binary) ? read(binary, reading) : Optional.empty();
                    if (read.isPresent()) {
                        return read;
                    }
                }
            }
        }
        return Optional.empty();
    }

    /// The path may name another file by now: what is opened must still have the build-id.
    private <T> Optional<T> read(Artifact.Binary binary, Reading<T> reading) {
        try (ElfFile file = ElfFile.open(binary.path(), limits)) {
            return file.buildId() instanceof BuildIdSearch.Found(BuildId id) && id.equals(buildId)
                    ? Optional.of(reading.of(file))
                    : Optional.empty();
        } catch (MalformedBinaryException e) {
            damage = "offset 0x%x: %s".formatted(e.offset(), e.reason());
        } catch (IOException | InternalError e) {
            // InternalError: the file was cut short under the mapping.
            unreadable = true;
        }
        return Optional.empty();
    }

    private enum Part {
        SEGMENTS,
        SYMBOLS;

        private boolean isIn(Artifact.Binary binary) {
            return switch (this) {
                case SEGMENTS -> binary.code() == Artifact.Code.PRESENT;
                case SYMBOLS -> true;
            };
        }
    }

    private interface Reading<T> {
        T of(ElfFile file) throws MalformedBinaryException;
    }
}
