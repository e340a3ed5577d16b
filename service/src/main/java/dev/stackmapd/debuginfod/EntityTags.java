package dev.stackmapd.debuginfod;

/// Reads `If-None-Match` (RFC 9110, 13.1.2).
public final class EntityTags {
    private EntityTags() {}

    /// Whether a file is among those that the client has. Weak tags match as strong ones do: bytes are compared by
    /// nobody.
    ///
    /// @param header tags with commas between them, or `*`; empty for none
    /// @param tag of the file, in its quotes and without commas
    public static boolean match(String header, String tag) {
        for (String each : header.split(",", -1)) {
            String stripped = each.strip();
            if (stripped.equals("*") || stripped.equals(tag) || stripped.equals("W/" + tag)) {
                return true;
            }
        }
        return false;
    }
}
