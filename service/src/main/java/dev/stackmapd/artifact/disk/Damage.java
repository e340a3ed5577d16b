package dev.stackmapd.artifact.disk;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/// A stored file whose bytes are not those that came, and which was dropped for that.
///
/// @param artifact what was held
/// @param at when it was noticed
/// @param why what is wrong; names no path
/// @param noticed by what
public record Damage(HeldArtifact artifact, Instant at, String why, Noticed noticed) {
    public Damage {
        requireNonNull(artifact, "artifact");
        requireNonNull(at, "at");
        requireNonNull(why, "why");
        requireNonNull(noticed, "noticed");
    }

    /// Returns where the file had come from.
    public Conflict.Source source() {
        return Conflict.Source.of(artifact.origin());
    }

    /// When damages are found.
    public enum Noticed {
        /// The file was to be read.
        OPEN("open"),
        /// All files are read from time to time ([Scrub]).
        SCRUB("scrub");

        private final String text;

        Noticed(String text) {
            this.text = text;
        }

        /// Lower-case letters only.
        public String text() {
            return text;
        }
    }

    /// Called with each damage after the file was dropped, on any thread; must not block.
    public interface Listener {
        Listener NONE = damage -> {};

        void dropped(Damage damage);
    }
}
