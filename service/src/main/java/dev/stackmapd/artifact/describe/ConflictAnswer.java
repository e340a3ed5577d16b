package dev.stackmapd.artifact.describe;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stackmapd.artifact.disk.Conflict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The JSON form of a file that contradicts another one of its build-id.
///
/// @param kind what it is for, as in [ArtifactAnswer]
/// @param source `folder`, `debuginfod`, `upload` or `recovered`; `process` for a file that a process of
///     the server's host has mapped, `head` for one whose head came with a batch
/// @param sha256 64 hex digits; absent for files in folders, and of which only a part was seen
/// @param at when the conflict was last noticed
/// @param why the contradiction
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConflictAnswer(
        String kind, String source, @Nullable String sha256, Instant at, String why) {

    public static ConflictAnswer of(Conflict conflict) {
        return new ConflictAnswer(
                conflict.kind().text(),
                conflict.source().text(),
                conflict.sha256().isEmpty() ? null : conflict.sha256(),
                conflict.at(),
                conflict.why());
    }
}
