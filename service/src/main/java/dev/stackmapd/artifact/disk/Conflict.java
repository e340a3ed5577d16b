package dev.stackmapd.artifact.disk;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/// A file that contradicts a more trusted one of its build-id and is not used.
///
/// @param kind what it is for
/// @param sha256 64 lower-case hex digits; empty where only a part of the file was seen, or its digest
///     is not known
/// @param at when the conflict was last noticed
/// @param why the contradiction; contains no path
public record Conflict(ArtifactKind kind, Source source, String sha256, Instant at, String why) {
    public Conflict {
        requireNonNull(kind, "kind");
        requireNonNull(source, "source");
        requireNonNull(sha256, "sha256");
        requireNonNull(at, "at");
        requireNonNull(why, "why");
    }

    /// Where the file came from.
    public enum Source {
        FOLDER("folder"),
        DEBUGINFOD("debuginfod"),
        UPLOAD("upload"),
        /// Its origin is not known any more.
        RECOVERED("recovered"),
        /// It is mapped by a process of this host.
        PROCESS("process"),
        /// Its head came with a batch.
        HEAD("head");

        private final String text;

        Source(String text) {
            this.text = text;
        }

        /// Returns the name in lower-case letters.
        public String text() {
            return text;
        }

        static Source of(Origin origin) {
            return switch (origin) {
                case Origin.Debuginfod debuginfod -> DEBUGINFOD;
                case Origin.Upload upload -> UPLOAD;
                case Origin.Recovered recovered -> RECOVERED;
            };
        }
    }

    /// Returns the conflict of a file that was received by a store or is held there.
    public static Conflict of(HeldArtifact file, Instant at, String why) {
        return new Conflict(file.kind(), Source.of(file.origin()), file.sha256(), at, why);
    }

    /// Returns true if both are of the same file, for the same reason.
    boolean isSame(Conflict other) {
        return kind == other.kind && source == other.source && sha256.equals(other.sha256) && why.equals(other.why);
    }
}
