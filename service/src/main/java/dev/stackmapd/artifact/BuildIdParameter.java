package dev.stackmapd.artifact;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.ingest.RefusedException;

/// A build-id or an htlhash in a path or a query: the only form in which a client's text gets to files, as its own
/// bytes printed anew.
public final class BuildIdParameter {
    private BuildIdParameter() {}

    /// @param field what the text is called in the request
    /// @throws RefusedException where it is neither
    public static BuildId parse(String text, String field) {
        return BuildId.parse(text)
                .orElseThrow(() -> RefusedException.invalid(
                        field, "must be 2 to 128 hex digits, an even number, or htlhash: and 32 hex digits"));
    }
}
