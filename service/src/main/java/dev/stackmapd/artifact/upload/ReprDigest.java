package dev.stackmapd.artifact.upload;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Parses `Repr-Digest` (RFC 9530): the digest of the whole, uncompressed file.
final class ReprDigest {
    static final String HEADER = "Repr-Digest";

    private static final Pattern SHA_256 = Pattern.compile("(?:^|,)\\s*sha-256=:([A-Za-z0-9+/]{43}=):");

    private ReprDigest() {}

    /// Returns the SHA-256 in 64 lower-case hex digits; empty if the header has none.
    static Optional<String> sha256(String header) {
        Matcher digest = SHA_256.matcher(header);
        return digest.find()
                ? Optional.of(HexFormat.of().formatHex(Base64.getDecoder().decode(digest.group(1))))
                : Optional.empty();
    }
}
