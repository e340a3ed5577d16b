package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.BuildId;
import java.util.Optional;

/// What became of bytes that were sent to the store. Every case is ordinary; the refused ones leave nothing behind.
/// No text names a path.
public sealed interface ReceiveResult {

    /// There was none of this build-id and kind.
    record Stored(HeldArtifact artifact) implements ReceiveResult {}

    /// The very same bytes are held already.
    record AlreadyThere(HeldArtifact artifact) implements ReceiveResult {}

    /// It says more than the file that was held, which is gone.
    record Replaced(HeldArtifact artifact, HeldArtifact before) implements ReceiveResult {}

    /// It says no more than the file that is held, or is less trusted, and the held file stays.
    ///
    /// @param offered what the new file had
    record Worse(HeldArtifact kept, Quality offered) implements ReceiveResult {}

    /// It contradicts a file of its build-id that counts as much or more, which stays.
    ///
    /// @param refused what was offered
    /// @param why what contradicts
    record Contradicts(HeldArtifact refused, String why) implements ReceiveResult {}

    /// It contradicts the file that was held, which counts less and is gone.
    ///
    /// @param why what contradicts
    record Overruled(HeldArtifact artifact, HeldArtifact before, String why) implements ReceiveResult {}

    /// The file is another one than claimed, or was claimed to be the one with an htlhash and has a build-id.
    ///
    /// @param found the file's build-id if it has one, else its htlhash
    record WrongBuildId(BuildId claimed, BuildId found) implements ReceiveResult {}

    /// The file does not say what it is: no build-id, a broken one, or a placeholder of zeros, which files that have
    /// nothing to do with one another share (DEV-13).
    ///
    /// @param htlhash that an executable can be sent under instead
    record NoBuildId(String detail, BuildId htlhash) implements ReceiveResult {}

    /// The file has not what the kind is for.
    record WrongKind(ArtifactKind claimed, String detail) implements ReceiveResult {}

    /// Not an ELF executable, shared object or relocatable file.
    record NotElf(String detail) implements ReceiveResult {}

    /// ELF with the right build-id, but its tables cannot be read.
    ///
    /// @param offset the byte where it is wrong, unsigned
    record Damaged(long offset, String detail) implements ReceiveResult {}

    /// The bytes end too early: none at all, fewer than announced, or fewer than the file's own tables speak of.
    ///
    /// @param received bytes that came
    record Truncated(long received, String detail) implements ReceiveResult {}

    /// More bytes than allowed or announced.
    ///
    /// @param limit bytes, which were exceeded
    record TooLarge(long limit) implements ReceiveResult {}

    /// The quota or the disk is full, and nothing more may be evicted.
    ///
    /// @param missing bytes, at least
    record NoSpace(long missing) implements ReceiveResult {}

    /// Returns why a file was refused, for people; empty if this file or a better one is held now. The text names no
    /// path.
    default Optional<String> refusal() {
        return switch (this) {
            case Stored stored -> Optional.empty();
            case AlreadyThere there -> Optional.empty();
            case Replaced replaced -> Optional.empty();
            case Worse worse -> Optional.empty();
            case Overruled overruled -> Optional.empty();
            case Contradicts contradicts ->
                Optional.of("another file counts more of this build-id, and they do not agree: " + contradicts.why());
            case WrongBuildId(BuildId claimed, BuildId found) -> Optional.of(otherId(claimed, found));
            case NoBuildId none -> Optional.of("the file has no build-id of its own: " + none.detail());
            case WrongKind wrong ->
                Optional.of("the file is no %s: %s".formatted(wrong.claimed().text(), wrong.detail()));
            case NotElf not -> Optional.of("not an ELF file: " + not.detail());
            case Damaged damaged ->
                Optional.of("the file is damaged at offset 0x%x: %s".formatted(damaged.offset(), damaged.detail()));
            case Truncated cut ->
                Optional.of("the file ends early, after %d bytes: %s".formatted(cut.received(), cut.detail()));
            case TooLarge large -> Optional.of("the file is larger than %d bytes".formatted(large.limit()));
            case NoSpace none -> Optional.of("there is no room for it: %d bytes are missing".formatted(none.missing()));
        };
    }

    private static String otherId(BuildId claimed, BuildId found) {
        return switch (claimed.kind()) {
            case GNU -> "the file's own build-id is %s, not %s".formatted(found, claimed);
            case HTLHASH ->
                switch (found.kind()) {
                    case GNU ->
                        "the file has a build-id: send it under %s; it is found by its htlhash too".formatted(found);
                    case HTLHASH -> "the file's own htlhash is %s, not %s".formatted(found, claimed);
                };
        };
    }
}
