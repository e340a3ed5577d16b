package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.BuildId;
import java.util.Optional;

/// The result of receiving a file. All cases are ordinary; a refused file leaves nothing on the disk. No
/// text contains a path.
public sealed interface ReceiveResult {

    /// The file was stored; there was none of this build-id and kind.
    record Stored(HeldArtifact artifact) implements ReceiveResult {}

    /// The same bytes are held already.
    record AlreadyThere(HeldArtifact artifact) implements ReceiveResult {}

    /// The file was stored and has replaced a worse one.
    record Replaced(HeldArtifact artifact, HeldArtifact before) implements ReceiveResult {}

    /// The file is not better than the held one, or less trusted, and the held file stays.
    ///
    /// @param offered the quality of the new file
    record Worse(HeldArtifact kept, Quality offered) implements ReceiveResult {}

    /// The file contradicts one of its build-id that is trusted as much or more, which stays.
    ///
    /// @param refused the offered file
    /// @param why the contradiction
    record Contradicts(HeldArtifact refused, String why) implements ReceiveResult {}

    /// The file contradicts the held one, which was less trusted and was removed.
    ///
    /// @param why the contradiction
    record Overruled(HeldArtifact artifact, HeldArtifact before, String why) implements ReceiveResult {}

    /// The file has another id than claimed, or was claimed by an htlhash and has a build-id.
    ///
    /// @param found the file's build-id if it has one, else its htlhash
    record WrongBuildId(BuildId claimed, BuildId found) implements ReceiveResult {}

    /// The file has no build-id, a malformed one, or a placeholder of zeros, which unrelated files share
    /// (DEV-13).
    ///
    /// @param htlhash that an executable can be sent under instead
    record NoBuildId(String detail, BuildId htlhash) implements ReceiveResult {}

    /// The file does not have the contents of the claimed kind.
    record WrongKind(ArtifactKind claimed, String detail) implements ReceiveResult {}

    /// The file is not an ELF executable, shared object or relocatable file.
    record NotElf(String detail) implements ReceiveResult {}

    /// The file is ELF with the right build-id, but its tables are malformed.
    ///
    /// @param offset the offset of the malformed byte, unsigned
    record Damaged(long offset, String detail) implements ReceiveResult {}

    /// The file is truncated: it has no bytes, fewer than announced, or fewer than its own tables
    /// require.
    ///
    /// @param received the received bytes
    record Truncated(long received, String detail) implements ReceiveResult {}

    /// The file has more bytes than allowed or announced.
    ///
    /// @param limit the limit in bytes, which was exceeded
    record TooLarge(long limit) implements ReceiveResult {}

    /// The quota or the disk is full, and no other file may be evicted.
    ///
    /// @param missing the missing bytes, at least
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
                Optional.of("the file contradicts a more trusted file of this build-id: " + contradicts.why());
            case WrongBuildId(BuildId claimed, BuildId found) -> Optional.of(otherId(claimed, found));
            case NoBuildId none -> Optional.of("the file has no build-id of its own: " + none.detail());
            case WrongKind wrong ->
                Optional.of("the file does not fit the kind %s: %s"
                        .formatted(wrong.claimed().text(), wrong.detail()));
            case NotElf not -> Optional.of("not an ELF file: " + not.detail());
            case Damaged damaged ->
                Optional.of("the file is damaged at offset 0x%x: %s".formatted(damaged.offset(), damaged.detail()));
            case Truncated cut ->
                Optional.of("the file ends early, after %d bytes: %s".formatted(cut.received(), cut.detail()));
            case TooLarge large -> Optional.of("the file is larger than %d bytes".formatted(large.limit()));
            case NoSpace none ->
                Optional.of("there is not enough space for the file: %d bytes are missing".formatted(none.missing()));
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
