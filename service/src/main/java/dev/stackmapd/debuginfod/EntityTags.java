package dev.stackmapd.debuginfod;

/// Reads `If-None-Match` (RFC 9110, 13.1.2).
public final class EntityTags {
    private EntityTags() {}

    /// Returns true if the client has this version of the file. Weak tags match like strong ones (weak
    /// comparison, RFC 9110, 8.8.3.2).
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
