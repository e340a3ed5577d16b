package dev.stackmapd.artifact.disk;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.artifact.disk.Artifact.Code;
import dev.stackmapd.artifact.disk.Origin.Trust;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Layout;
import java.time.Instant;
import java.util.Comparator;

/// What is known of a stored file.
///
/// @param buildId that it is held under: its own, its htlhash where it has none, or the executable's of a package that
///     has none
/// @param htlhash of its own bytes
/// @param sha256 of all its bytes, 64 lower-case hex digits
/// @param size bytes, 1 or more
/// @param layout where its code lies, so that it can be compared with other files of the build-id
/// @param stored when it was accepted
/// @param used when it was last opened for reading; `stored` before that
/// @param uses how often it was opened
public record HeldArtifact(
        BuildId buildId,
        BuildId htlhash,
        ArtifactKind kind,
        Origin origin,
        String sha256,
        long size,
        Code code,
        Quality quality,
        Layout layout,
        Instant stored,
        Instant used,
        long uses) {
    /// Of the same trust, the one that came first counts more.
    public static final Comparator<HeldArtifact> MOST_TRUSTED_FIRST =
            Comparator.comparing(HeldArtifact::trust).thenComparing(HeldArtifact::stored);

    /// Of the same trust, the one with more to say first.
    public static final Comparator<HeldArtifact> BEST_FIRST = Comparator.comparing(HeldArtifact::trust)
            .thenComparing(HeldArtifact::quality, Quality.BEST_FIRST)
            .thenComparing(HeldArtifact::stored);

    public HeldArtifact {
        requireNonNull(buildId, "buildId");
        requireNonNull(kind, "kind");
        requireNonNull(origin, "origin");
        requireNonNull(code, "code");
        requireNonNull(quality, "quality");
        requireNonNull(layout, "layout");
        requireNonNull(stored, "stored");
        requireNonNull(used, "used");
        if (htlhash.kind() != BuildId.Kind.HTLHASH) {
            throw new IllegalArgumentException("%s is no htlhash".formatted(htlhash));
        }
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("not a SHA-256 digest");
        }
        if (size < 1 || uses < 0) {
            throw new IllegalArgumentException("%d bytes, %d uses".formatted(size, uses));
        }
    }

    HeldArtifact usedAt(Instant now) {
        return new HeldArtifact(
                buildId, htlhash, kind, origin, sha256, size, code, quality, layout, stored, now, uses + 1);
    }

    HeldArtifact from(Origin other) {
        return new HeldArtifact(buildId, htlhash, kind, other, sha256, size, code, quality, layout, stored, used, uses);
    }

    /// How much it counts against other files.
    public Trust trust() {
        return Trust.of(origin);
    }

    /// Returns true if it is used in the place of another file of its build-id and kind that it does not
    /// contradict. What is less trusted never takes the place of what is more trusted: it would hand its own
    /// trust on to it. A more trusted file does, unless it has names of a lesser kind; of the same trust, a
    /// better one does.
    boolean replaces(HeldArtifact held) {
        if (held.trust().outranks(trust())) {
            return false;
        }
        return trust().outranks(held.trust())
                ? quality.symbols().compareTo(held.quality().symbols()) <= 0
                : quality.isBetterThan(held.quality());
    }

    /// What it is called in what is said of other files.
    public String name() {
        return switch (origin) {
            case Origin.Upload upload -> "the uploaded " + kind.text();
            case Origin.Recovered recovered -> "the recovered " + kind.text();
            case Origin.Debuginfod debuginfod -> "the " + kind.text() + " from debuginfod";
        };
    }

    ArtifactKey key() {
        return new ArtifactKey(buildId, kind);
    }
}
