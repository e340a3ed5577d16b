package dev.stackmapd.artifact;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.request.RejectionException;

/// Parses a build-id or an htlhash of a path or a query. File names are made from its bytes only, never
/// from the client's text.
public final class BuildIdParameter {
    private BuildIdParameter() {}

    /// @param field the name of the parameter
    /// @throws RejectionException if it is neither
    public static BuildId parse(String text, String field) {
        return BuildId.parse(text)
                .orElseThrow(() -> RejectionException.invalid(
                        field, "must be 2 to 128 hex digits, an even number, or htlhash: and 32 hex digits"));
    }
}
