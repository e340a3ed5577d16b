package dev.stackmapd.elfcore.elf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// The descriptor of an ELF file's `NT_GNU_BUILD_ID` note, at its true length (DEV-11). Immutable.
///
/// Two ids are equal when length and bytes are; nothing is padded. Over 20 bytes an id is kept, but the kernel
/// does not see it (ELF-10).
///
/// An id that comes from the kernel may be padded: `struct bpf_stack_build_id` has 20 bytes, which are filled up
/// with zeros, and no length (XLT-12). Nothing tells whether the zeros are the file's own. So every catalog of files
/// by build-id has [#unpadded] as its key, and [#matches] compares these forms. What is shown, stored in stacks or
/// asked of others is the id as it came.
public final class BuildId implements Comparable<BuildId> {
    public static final int MAX_BYTES = 64;
    public static final int MAX_KERNEL_BYTES = 20;

    private static final HexFormat HEX = HexFormat.of();

    private final byte[] bytes;

    private BuildId(byte[] bytes) {
        this.bytes = bytes;
    }

    /// @param bytes 1 to [#MAX_BYTES] bytes, copied
    public static BuildId of(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a build-id has 1 to %d bytes, not %d".formatted(MAX_BYTES, bytes.length));
        }
        return new BuildId(bytes.clone());
    }

    /// Reads 2 to 128 hex digits of either case; anything else is empty.
    public static Optional<BuildId> parse(String hex) {
        int digits = hex.length();
        if (digits == 0 || digits > 2 * MAX_BYTES || digits % 2 != 0) {
            return Optional.empty();
        }
        for (int i = 0; i < digits; i++) {
            if (!HexFormat.isHexDigit(hex.charAt(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(new BuildId(HEX.parseHex(hex)));
    }

    /// Returns the form that catalogs have as their key. An id of at most [#MAX_KERNEL_BYTES] bytes loses the zero
    /// bytes at its end, but for one where there is nothing else; a longer id stays as it is. Allocates nothing
    /// where there is nothing to cut.
    public BuildId unpadded() {
        int length = unpaddedLength();
        return length == bytes.length ? this : new BuildId(Arrays.copyOf(bytes, length));
    }

    /// Returns true if both may be the id of one file, one of them padded by the kernel.
    public boolean matches(BuildId other) {
        return Arrays.equals(bytes, 0, unpaddedLength(), other.bytes, 0, other.unpaddedLength());
    }

    /// Returns every id that this one [#matches]: itself first, then from the shortest to the longest. There are at
    /// most [#MAX_KERNEL_BYTES].
    public List<BuildId> forms() {
        List<BuildId> forms = new ArrayList<>();
        forms.add(this);
        for (int length = unpaddedLength(); length <= MAX_KERNEL_BYTES; length++) {
            if (length != bytes.length) {
                forms.add(new BuildId(Arrays.copyOf(bytes, length)));
            }
        }
        return forms;
    }

    private int unpaddedLength() {
        int length = bytes.length;
        while (length > 1 && bytes[length - 1] == 0 && visibleToKernel()) {
            length--;
        }
        return length;
    }

    /// Bytes in the id, 1 to [#MAX_BYTES].
    public int length() {
        return bytes.length;
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    /// Writes the [#length] bytes into `into` from `at` on.
    public void copyTo(byte[] into, int at) {
        System.arraycopy(bytes, 0, into, at, bytes.length);
    }

    /// Whether the kernel would report it: at most 20 bytes (ELF-10).
    public boolean visibleToKernel() {
        return bytes.length <= MAX_KERNEL_BYTES;
    }

    /// All zeros: some linkers leave such a placeholder, so two files that share one need not be the same (DEV-13).
    public boolean suspicious() {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /// Lower-case hex of the true length.
    public String hex() {
        return HEX.formatHex(bytes);
    }

    /// Byte by byte, unsigned; a prefix comes first.
    @Override
    public int compareTo(BuildId other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BuildId that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return hex();
    }
}
