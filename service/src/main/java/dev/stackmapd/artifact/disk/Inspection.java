package dev.stackmapd.artifact.disk;

import dev.stackmapd.artifact.disk.Artifact.Code;
import dev.stackmapd.artifact.disk.Artifact.Symbols;
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

/// The result of comparing the bytes of a file with the claimed build-id and kind.
sealed interface Inspection {

    /// The file is what it is claimed to be.
    ///
    /// @param buildId the file's own; the claimed one where it has none
    /// @param htlhash the file's own
    record Sound(BuildId buildId, BuildId htlhash, Code code, Quality quality, Layout layout) implements Inspection {}

    record Refused(ReceiveResult reason) implements Inspection {}

    /// Inspects a file, which must not change meanwhile.
    static Inspection inspect(Path path, ArtifactKey claimed, ParseLimits limits) throws IOException {
        try (FileBytes bytes = FileBytes.open(path)) {
            if (bytes.size() == 0) {
                return new Refused(new ReceiveResult.Truncated(0, "there are no bytes"));
            }
            return switch (new BuildIdReader(BuildIdProfile.LENIENT, limits).read(bytes)) {
                case BuildIdSearch.Found(BuildId found)
                when found.suspicious() -> withoutBuildId(path, claimed, bytes, limits, "the build-id is all zeros");
                case BuildIdSearch.Found(BuildId found)
                when !found.matches(claimed.buildId()) ->
                    new Refused(new ReceiveResult.WrongBuildId(claimed.buildId(), found));
                case BuildIdSearch.Found(BuildId found) -> inspectTables(path, found, claimed.kind(), limits);
                case BuildIdSearch.Missing missing -> {
                    String detail = "offset 0x%x: %s".formatted(missing.offset(), missing.detail());
                    yield switch (missing.cause()) {
                        case NOT_ELF -> new Refused(new ReceiveResult.NotElf(detail));
                        case TRUNCATED -> new Refused(new ReceiveResult.Truncated(bytes.size(), detail));
                        case BAD_NOTE, NO_NOTE -> withoutBuildId(path, claimed, bytes, limits, detail);
                    };
                }
            };
        }
    }

    /// Inspects a file without a build-id. A package needs no id of its own; every other file must have
    /// the claimed htlhash.
    ///
    /// @param detail why it has no build-id
    private static Inspection withoutBuildId(
            Path path, ArtifactKey claimed, FileBytes bytes, ParseLimits limits, String detail) throws IOException {
        if (claimed.kind() == ArtifactKind.PACKAGE) {
            return inspectTables(path, claimed.buildId(), claimed.kind(), limits);
        }
        BuildId htlhash = Htlhash.of(bytes);
        return switch (claimed.buildId().kind()) {
            case GNU ->
                new Refused(
                        isSplitUnit(path, limits)
                                ? new ReceiveResult.WrongKind(claimed.kind(), ArtifactKind.NO_SPLIT_UNIT)
                                : new ReceiveResult.NoBuildId(detail, htlhash));
            case HTLHASH ->
                htlhash.equals(claimed.buildId())
                        ? inspectTables(path, htlhash, claimed.kind(), limits)
                        : new Refused(new ReceiveResult.WrongBuildId(claimed.buildId(), htlhash));
        };
    }

    private static boolean isSplitUnit(Path path, ParseLimits limits) throws IOException {
        try (ElfFile file = ElfFile.open(path, limits)) {
            return isSplitUnit(file);
        } catch (MalformedBinaryException e) {
            return false;
        }
    }

    private static boolean isSplitUnit(ElfFile file) {
        return Quality.bytes(file, ".debug_info.dwo") > 0;
    }

    private static Inspection inspectTables(Path path, BuildId buildId, ArtifactKind kind, ParseLimits limits)
            throws IOException {
        try (ElfFile file = ElfFile.open(path, limits)) {
            Optional<ReceiveResult.Truncated> cut = cutShort(file, path.toFile().length());
            return cut.isPresent() ? new Refused(cut.get()) : contents(file, buildId, kind);
        } catch (MalformedBinaryException e) {
            long size = path.toFile().length();
            return new Refused(
                    Long.compareUnsigned(e.offset(), size) >= 0
                            ? new ReceiveResult.Truncated(size, e.reason())
                            : new ReceiveResult.Damaged(e.offset(), e.reason()));
        }
    }

    private static Optional<ReceiveResult.Truncated> cutShort(ElfFile file, long size) {
        try {
            file.requireContents();
            return Optional.empty();
        } catch (MalformedBinaryException e) {
            return Optional.of(new ReceiveResult.Truncated(size, e.reason()));
        }
    }

    /// Returns the layout of a file; unknown for the last two kinds, which have no code and are held
    /// under the build-id of another file or their own.
    static Layout layout(ElfFile file, ArtifactKind kind) throws MalformedBinaryException {
        return switch (kind) {
            case EXECUTABLE, DEBUGINFO -> file.layout();
            case SUPPLEMENTARY, PACKAGE -> Layout.Linked.UNKNOWN;
        };
    }

    private static Inspection contents(ElfFile file, BuildId buildId, ArtifactKind kind)
            throws MalformedBinaryException {
        Code code = file.holdsCode() ? Code.PRESENT : Code.ABSENT;
        Quality quality = Quality.measured(file);
        Symbols symbols = quality.symbols();
        String shortfall = switch (kind) {
            case EXECUTABLE -> code == Code.PRESENT ? "" : "there is no code in it";
            case DEBUGINFO ->
                symbols == Symbols.DEBUG_INFORMATION || symbols == Symbols.SYMTAB
                        ? ""
                        : "there is neither debug information nor .symtab in it";
            case SUPPLEMENTARY ->
                code == Code.ABSENT && symbols == Symbols.DEBUG_INFORMATION ? "" : "it is not debug information alone";
            case PACKAGE ->
                Quality.bytes(file, ".debug_cu_index") + Quality.bytes(file, ".debug_tu_index") > 0
                        ? ""
                        : isSplitUnit(file) ? ArtifactKind.NO_SPLIT_UNIT : "there is no index of split units in it";
        };
        return shortfall.isEmpty()
                ? new Sound(buildId, file.htlhash(), code, quality, layout(file, kind))
                : new Refused(new ReceiveResult.WrongKind(kind, shortfall));
    }
}
