package dev.stackmapd.artifact.describe;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stackmapd.artifact.disk.Artifact;
import dev.stackmapd.artifact.disk.HeldArtifact;
import dev.stackmapd.artifact.disk.Origin;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The JSON form of a held file, without its path.
///
/// @param kind `executable`, `debuginfo`, `supplementary` or `dwp`; absent for files in folders, which
///     may be several
/// @param source `upload`, `debuginfod`, `folder`, or `recovered` where the record of it was lost
/// @param from the upstream that it came from
/// @param route of an upload: `put`, or `pyroscope` for the protocol of Pyroscope's agents
/// @param sender of an upload: the name that the client gave itself (`X-Stackmapd-Sender`), which was
///     not checked; absent where it gave none. Its address is kept on this host only: it is personal
///     data, and this answer is not restricted to the sender
/// @param sha256 64 hex digits; absent for files in folders
/// @param size bytes, `0x…`; absent for files in folders
/// @param code whether the executable's code and load segments are in it
/// @param symbols the best kind of symbols: `debug-information`, `symtab`, `dynsym` or `none`
/// @param damage what is damaged, and at which byte
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ArtifactAnswer(
        @Nullable String kind,
        String source,
        @Nullable String from,
        @Nullable String route,
        @Nullable String sender,
        @Nullable String sha256,
        @Nullable String size,
        @Nullable Boolean code,
        @Nullable String symbols,
        @Nullable Instant stored,
        @Nullable Instant used,
        @Nullable String damage) {

    public static ArtifactAnswer of(HeldArtifact held) {
        return new ArtifactAnswer(
                held.kind().text(),
                switch (held.origin()) {
                    case Origin.Upload upload -> "upload";
                    case Origin.Debuginfod debuginfod -> "debuginfod";
                    case Origin.Recovered recovered -> "recovered";
                },
                held.origin() instanceof Origin.Debuginfod fetched ? fetched.upstream() : null,
                held.origin() instanceof Origin.Upload upload ? upload.route().text() : null,
                held.origin() instanceof Origin.Upload upload
                                && !upload.sender().isEmpty()
                        ? upload.sender()
                        : null,
                held.sha256(),
                "0x" + Long.toHexString(held.size()),
                held.code() == Artifact.Code.PRESENT,
                label(held.quality().symbols()),
                held.stored(),
                held.used(),
                null);
    }

    /// Returns the JSON form of a file in one of the operator's folders.
    public static ArtifactAnswer of(Artifact inFolder) {
        return switch (inFolder) {
            case Artifact.Binary binary ->
                new ArtifactAnswer(
                        null,
                        "folder",
                        null,
                        null,
                        null,
                        null,
                        null,
                        binary.code() == Artifact.Code.PRESENT,
                        label(binary.symbols()),
                        null,
                        null,
                        null);
            case Artifact.Damaged damaged ->
                new ArtifactAnswer(
                        null, "folder", null, null, null, null, null, null, null, null, null, damaged.detail());
        };
    }

    private static String label(Artifact.Symbols symbols) {
        return symbols.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
