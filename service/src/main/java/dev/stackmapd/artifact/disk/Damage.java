package dev.stackmapd.artifact.disk;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/// A stored file that was dropped because its bytes had changed on the disk.
///
/// @param artifact the file that was held
/// @param at when the damage was noticed
/// @param why what is damaged; contains no path
/// @param noticed how the damage was noticed
public record Damage(HeldArtifact artifact, Instant at, String why, Noticed noticed) {
    public Damage {
        requireNonNull(artifact, "artifact");
        requireNonNull(at, "at");
        requireNonNull(why, "why");
        requireNonNull(noticed, "noticed");
    }

    /// Returns the origin of the file.
    public Conflict.Source source() {
        return Conflict.Source.of(artifact.origin());
    }

    /// How a damage was noticed.
    public enum Noticed {
        /// The file was opened for reading.
        OPEN("open"),
        /// All files are read from time to time ([Scrub]).
        SCRUB("scrub");

        private final String text;

        Noticed(String text) {
            this.text = text;
        }

        /// Returns the name in lower-case letters.
        public String text() {
            return text;
        }
    }

    /// Receives each damage after the file was dropped, on any thread; must not block.
    public interface Listener {
        Listener NONE = damage -> {};

        void dropped(Damage damage);
    }
}
