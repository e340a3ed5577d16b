package dev.stackmapd.artifact.disk;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.artifact.disk.Artifact.Code;
import dev.stackmapd.artifact.disk.Origin.Trust;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Layout;
import java.time.Instant;
import java.util.Comparator;

/// The metadata of a stored file.
///
/// @param buildId under which it is held: its own, its htlhash if it has none, or the executable's for a
///     package that has none
/// @param htlhash of its own bytes
/// @param sha256 of all its bytes, 64 lower-case hex digits
/// @param size bytes, 1 or more
/// @param layout the addresses of its code, so that it can be compared with other files of the build-id
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
    /// Orders by trust; of the same trust, the file that was stored first comes first.
    public static final Comparator<HeldArtifact> MOST_TRUSTED_FIRST =
            Comparator.comparing(HeldArtifact::trust).thenComparing(HeldArtifact::stored);

    /// Orders by trust; of the same trust, the file with more symbols comes first.
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

    /// Returns how much the file is trusted, by its origin.
    public Trust trust() {
        return Trust.of(origin);
    }

    /// Returns true if this file replaces another one of its build-id and kind that it does not
    /// contradict. A less trusted file never replaces a more trusted one. A more trusted file replaces a
    /// less trusted one, unless its kind of symbols is worse; of the same trust, the better file
    /// replaces the other.
    boolean replaces(HeldArtifact held) {
        if (held.trust().outranks(trust())) {
            return false;
        }
        return trust().outranks(held.trust())
                ? quality.symbols().compareTo(held.quality().symbols()) <= 0
                : quality.isBetterThan(held.quality());
    }

    /// Returns how messages about other files call this file.
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
