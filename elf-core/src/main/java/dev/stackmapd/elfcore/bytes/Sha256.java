package dev.stackmapd.elfcore.bytes;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Makes SHA-256 digests (FIPS 180-4), which every Java platform has.
public final class Sha256 {
    private Sha256() {}

    /// Returns a new digest that has taken no bytes. It is for one thread.
    public static MessageDigest create() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
