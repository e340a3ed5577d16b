package dev.stackmapd.artifact.describe;

import dev.stackmapd.artifact.disk.Damage;
import java.time.Instant;

/// A file that was held and is missing because its bytes had changed on the disk, as it goes over the wire.
///
/// @param kind what it is for, as in [ArtifactAnswer]
/// @param source `debuginfod`, `upload` or `recovered`
/// @param sha256 of the bytes that came, 64 hex digits: a file that has it is the one to send again
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
