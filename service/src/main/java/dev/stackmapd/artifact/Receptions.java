package dev.stackmapd.artifact;

import dev.stackmapd.artifact.disk.ReceiveResult;
import dev.stackmapd.elfcore.elf.BuildId;
import java.util.Optional;

/// Says for people what the store thinks of a file.
public final class Receptions {
    private Receptions() {}

    /// Why a file was not kept; empty where what it says is held now, by it or by a better one. Names no path.
    public static Optional<String> refusal(ReceiveResult result) {
        return switch (result) {
            case ReceiveResult.Stored stored -> Optional.empty();
            case ReceiveResult.AlreadyThere there -> Optional.empty();
            case ReceiveResult.Replaced replaced -> Optional.empty();
            case ReceiveResult.Worse worse -> Optional.empty();
            case ReceiveResult.Overruled overruled -> Optional.empty();
            case ReceiveResult.Contradicts contradicts ->
                Optional.of("another file counts more of this build-id, and they do not agree: " + contradicts.why());
            case ReceiveResult.WrongBuildId(BuildId claimed, BuildId found) -> Optional.of(otherId(claimed, found));
            case ReceiveResult.NoBuildId none -> Optional.of("the file has no build-id of its own: " + none.detail());
            case ReceiveResult.WrongKind wrong ->
                Optional.of("the file is no %s: %s".formatted(wrong.claimed().text(), wrong.detail()));
            case ReceiveResult.NotElf not -> Optional.of("not an ELF file: " + not.detail());
            case ReceiveResult.Damaged damaged ->
                Optional.of("the file is damaged at offset 0x%x: %s".formatted(damaged.offset(), damaged.detail()));
            case ReceiveResult.Truncated cut ->
                Optional.of("the file ends early, after %d bytes: %s".formatted(cut.received(), cut.detail()));
            case ReceiveResult.TooLarge large ->
                Optional.of("the file is larger than %d bytes".formatted(large.limit()));
            case ReceiveResult.NoSpace none ->
                Optional.of("there is no room for it: %d bytes are missing".formatted(none.missing()));
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
