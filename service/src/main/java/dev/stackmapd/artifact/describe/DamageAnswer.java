package dev.stackmapd.artifact.describe;

import dev.stackmapd.artifact.disk.Damage;
import java.time.Instant;

/// The JSON form of a file that was dropped because its bytes had changed on the disk.
///
/// @param kind what it is for, as in [ArtifactAnswer]
/// @param source `debuginfod`, `upload` or `recovered`
/// @param sha256 of the stored bytes, 64 hex digits: a file that has it is the one to send again
/// @param at when that was noticed
/// @param why what is wrong
public record DamageAnswer(String kind, String source, String sha256, Instant at, String why) {

    public static DamageAnswer of(Damage damage) {
        return new DamageAnswer(
                damage.artifact().kind().text(),
                damage.source().text(),
                damage.artifact().sha256(),
                damage.at(),
                damage.why());
    }
}
