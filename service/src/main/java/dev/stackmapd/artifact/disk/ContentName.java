package dev.stackmapd.artifact.disk;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of a stored file: `<kind>-<serial, hex>-<SHA-256>`.
///
/// The serial makes every name unique: a reader may still hold a removed file when the same bytes are
/// received again. With the digest in the name, a file can be verified even if its record is lost.
record ContentName(ArtifactKind kind, long serial, String sha256) {
    private static final Pattern FORM = Pattern.compile("([a-z]+)-([0-9a-f]{1,15})-([0-9a-f]{64})");

    static Optional<ContentName> parse(String name) {
        Matcher matcher = FORM.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long serial = Long.parseLong(matcher.group(2), 16);
        String sha256 = matcher.group(3);
        return ArtifactKind.parse(matcher.group(1)).map(kind -> new ContentName(kind, serial, sha256));
    }

    String text() {
        return kind.text() + '-' + Long.toHexString(serial) + '-' + sha256;
    }
}
