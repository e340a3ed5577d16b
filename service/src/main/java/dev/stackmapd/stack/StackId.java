package dev.stackmapd.stack;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;

/// Identifies a stack: the first 16 bytes of SHA-256 over its frames in the canonical form below. The
/// same code path has the same id on every host, and finding two stacks with one id is computationally
/// infeasible.
///
/// The canonical form never changes. Numbers are ULEB128 (DWARF 5, 7.6) unless a size is given:
///
/// ```text
///  1         flags: bit 0 set when the root end was cut off, the others 0
///  number    of bases: what the frames count from
///  then for each base, in the order in which frames first have it, leaf first:
///    1       form: 1 a file by its GNU build-id, 2 a file by its htlhash, 3 a kernel or module by its GNU build-id
///    1         length of the id, 1 to 64
///    length    the id
///    1       form: 4 a function that its sender named
///    3 times   number and as many bytes of UTF-8: type, name, file
///  then for each frame, leaf first:
///    number  0, a raw address:        8 bytes, little-endian
///            2 + n, from the base n:  number: the offset in the file or from the kernel's text; the line
/// ```
///
/// Trailing zero bytes of a GNU build-id of at most 20 bytes are stripped; an id of zeros only keeps one
/// byte. The kernel pads ids to 20 bytes, and the same code must have the same id whichever form was
/// captured. Further forms of bases and frames will get numbers of their own.
///
/// Worked examples, checked with `sha256sum`:
///
/// ```text
///  00 00 00 0010400000000000                    4e71c1867db2079a9a7c6ea3db3995e9  one raw frame, 0x401000
///  00 01 01 02 0a0b 02 b424                     e2ed231e6d000f104f82a042ea1cc6f5  build-id 0a0b, or 0a0b and 18 zero
///                                                                                 bytes; offset 0x1234
///  01 01 01 02 0a0b 02 b424 00 0010400000000000 d9542bc9738a0469cae549d99437032e  both, leaf first, and cut off
///  00 01 02 10 000102…0f 02 b424               cf31e3a451c7f7865e47c90d14860004  htlhash 000102…0f, offset 0x1234
///  00 01 03 02 0a0b 02 b424                    e5829ff10260976fd2891b8a3cb45862  kernel 0a0b, offset 0x1234
///  00 01 04 03 6a766d 01 66 03 412e6a 02 07    a52886adf714793e0ed6eca62d55feab  type jvm, function f, file A.j, line
/// 7
/// ```
///
/// The reason of a raw frame is not part of the canonical form: it says why a translation failed, not
/// where the code is. Ids are ordered as unsigned 128-bit numbers, which is also the order of their hex
/// text.
///
/// @param high the first eight bytes, big-endian
/// @param low the other eight
public record StackId(long high, long low) implements Comparable<StackId> {
    private static final HexFormat HEX = HexFormat.of();

    /// Returns the id of a stack.
    public static StackId of(Stack stack) {
        return ofDigest(new CanonicalForm().digest(stack));
    }

    /// Digests many stacks one after the other with the same buffers. Not thread-safe.
    public static final class Digest {
        private final CanonicalForm form = new CanonicalForm();

        /// Returns the id of a packed stack without creating frame objects. The id is that of
        /// [PackedStack#unpack].
        ///
        /// @param words holds exactly one stack in `[from, from + length)`
        /// @param bases the dictionary of the numbers in the packed stack
        public StackId of(long[] words, int from, int length, boolean truncated, FrameBases bases) {
            return ofDigest(form.digest(words, from, length, truncated, bases));
        }

        /// Appends the next frame, leaf first, of the stack that [#end] completes.
        ///
        /// @param number an unsigned offset; for a function the line
        public void based(FrameBase base, long number) {
            form.put(base, number);
        }

        /// Appends a raw frame, like [#based].
        public void raw(long address) {
            form.put(address);
        }

        /// Completes the stack and returns its id.
        ///
        /// @param truncated true if frames at the root end were dropped
        public StackId end(boolean truncated) {
            StackId id = ofDigest(form.digest(truncated));
            form.begin();
            return id;
        }
    }

    /// Parses 32 lower-case hex digits; returns empty for any other text.
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

    /// Returns 32 lower-case hex digits.
    @Override
    public String toString() {
        return HEX.toHexDigits(high) + HEX.toHexDigits(low);
    }

    private static StackId ofDigest(byte[] sha256) {
        ByteBuffer digest = ByteBuffer.wrap(sha256);
        return new StackId(digest.getLong(), digest.getLong());
    }
}
