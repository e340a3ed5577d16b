package dev.stackmapd.artifact;

import dev.stackmapd.artifact.disk.Reception;
import dev.stackmapd.elfcore.elf.BuildId;
import java.util.Optional;

/// Says for people what the store thinks of a file.
public final class Receptions {
    private Receptions() {}

    /// Why a file was not kept; empty where what it says is held now, by it or by a better one. Names no path.
    public static Optional<String> refusal(Reception reception) {
        return switch (reception) {
            case Reception.Stored stored -> Optional.empty();
            case Reception.AlreadyThere there -> Optional.empty();
            case Reception.Replaced replaced -> Optional.empty();
            case Reception.Worse worse -> Optional.empty();
            case Reception.Overruled overruled -> Optional.empty();
            case Reception.Contradicts contradicts ->
                Optional.of("another file counts more of this build-id, and they do not agree: " + contradicts.why());
            case Reception.WrongBuildId(BuildId claimed, BuildId found) -> Optional.of(otherId(claimed, found));
            case Reception.NoBuildId none -> Optional.of("the file has no build-id of its own: " + none.detail());
            case Reception.WrongKind wrong ->
                Optional.of("the file is no %s: %s".formatted(wrong.claimed().text(), wrong.detail()));
            case Reception.NotElf not -> Optional.of("not an ELF file: " + not.detail());
            case Reception.Damaged damaged ->
                Optional.of("the file is damaged at offset 0x%x: %s".formatted(damaged.offset(), damaged.detail()));
            case Reception.Truncated cut ->
                Optional.of("the file ends early, after %d bytes: %s".formatted(cut.received(), cut.detail()));
            case Reception.TooLarge large -> Optional.of("the file is larger than %d bytes".formatted(large.limit()));
            case Reception.NoRoom none ->
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
