package dev.stackmapd.stack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// Names a stack: the first 16 bytes of SHA-256 over its frames in the canonical form below. The same code path has
/// the same id on every host, and nobody can make two stacks share one.
///
/// The canonical form never changes:
///
/// ```text
///  bytes       field
///  1           flags: bit 0 set when the root end was cut off, the others 0
///  then for each frame, leaf first:
///    1         length of the build-id, 1 to 64; 0 for a frame without one
///    length    the build-id
///    8         little-endian: offset in the file, or the raw address where the length is 0
/// ```
///
/// Worked examples, checked with `sha256sum`:
///
/// ```text
///  00 00 0010400000000000                          8ec956cf233b517a47964d20f0172f5b  one raw frame, 0x401000
///  00 02 0a0b 3412000000000000                     7a6f6a61be1a15a74e2ea854416f7c3a  build-id 0a0b, offset 0x1234
///  01 02 0a0b 3412000000000000 00 0010400000000000 829f3998661e7ac59619c316a65c60b2  both, leaf first, and cut off
/// ```
///
/// The reason of a raw frame is not part of it: it says why a translation failed here and now, not where the code
/// is. Ids ascend as unsigned 128-bit numbers, which is also the order of their hex text.
///
/// @param high the first eight bytes, big-endian
/// @param low the other eight
public record StackId(long high, long low) implements Comparable<StackId> {
    private static final HexFormat HEX = HexFormat.of();

    /// Digests the frames.
    public static StackId of(Stack stack) {
        MessageDigest sha256 = sha256();
        ByteBuffer scratch = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        sha256.update((byte) (stack.truncated() ? 1 : 0));
        for (Frame frame : stack.frames()) {
            switch (frame) {
                case Frame.InFile(var buildId, var offset) -> {
                    sha256.update((byte) buildId.length());
                    sha256.update(buildId.toBytes());
                    sha256.update(scratch.clear().putLong(offset.value()).flip());
                }
                case Frame.Raw raw -> {
                    sha256.update((byte) 0);
                    sha256.update(scratch.clear().putLong(raw.address()).flip());
                }
            }
        }
        return ofDigest(sha256.digest());
    }

    /// Digests the frames of a packed stack, without making objects of them: the same id as for
    /// [PackedStack#toStack].
    ///
    /// @param buildIds gave the numbers in the packed stack
    public static StackId of(PackedStack stack, BuildIds buildIds) {
        return ofDigest(new CanonicalForm(stack, buildIds).digest(sha256()));
    }

    /// Reads 32 hex digits, lower case; anything else is empty.
    public static Optional<StackId> parse(String text) {
        if (text.length() != 32) {
            return Optional.empty();
        }
        for (int i = 0; i < 32; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return Optional.empty();
            }
        }
        return Optional.of(
                new StackId(HexFormat.fromHexDigitsToLong(text, 0, 16), HexFormat.fromHexDigitsToLong(text, 16, 32)));
    }

    @Override
    public int compareTo(StackId other) {
        int order = Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }

    /// 32 lower-case hex digits.
    @Override
    public String toString() {
        return HEX.toHexDigits(high) + HEX.toHexDigits(low);
    }

    private static StackId ofDigest(byte[] sha256) {
        ByteBuffer digest = ByteBuffer.wrap(sha256);
        return new StackId(digest.getLong(), digest.getLong());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
