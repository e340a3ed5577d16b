package dev.stackmapd.elfcore.elf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Identifies a binary on every machine: the descriptor of its `NT_GNU_BUILD_ID` note, at its true
/// length (DEV-11); or, for a file without that note, the hash of its contents that OpenTelemetry
/// defines ([Htlhash]). The two kinds never match each other. Immutable.
///
/// Two ids are equal when kind, length and bytes are; nothing is padded. A GNU build-id of more than 20
/// bytes is valid, but the kernel ignores it (ELF-10).
///
/// A GNU build-id that comes from the kernel may be padded: `struct bpf_stack_build_id` has 20 bytes,
/// which are filled up with zeros, and no length (XLT-12). It cannot be determined whether the zeros
/// belong to the file's id. So every catalog of files by build-id uses [#unpadded] as its key, and
/// [#matches] compares these forms. Answers, stored stacks and requests to other servers have the id as
/// it was received.
public final class BuildId implements Comparable<BuildId> {
    public static final int MAX_BYTES = 64;
    public static final int MAX_KERNEL_BYTES = 20;
    /// Bytes of an htlhash.
    public static final int HTLHASH_BYTES = 16;

    private static final String HTLHASH_PREFIX = "htlhash:";
    private static final HexFormat HEX = HexFormat.of();

    private final Kind kind;
    private final byte[] bytes;

    private BuildId(Kind kind, byte[] bytes) {
        this.kind = kind;
        this.bytes = bytes;
    }

    /// The origin of the bytes of an id.
    public enum Kind {
        /// The descriptor of an `NT_GNU_BUILD_ID` note, which the linker or the packager chose.
        GNU,
        /// OpenTelemetry's hash of the file's contents.
        HTLHASH
    }

    /// Returns a GNU build-id.
    ///
    /// @param bytes 1 to [#MAX_BYTES] bytes, copied
    public static BuildId of(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a build-id has 1 to %d bytes, not %d".formatted(MAX_BYTES, bytes.length));
        }
        return new BuildId(Kind.GNU, bytes.clone());
    }

    /// Returns an id made from a file's contents.
    ///
    /// @param bytes [#HTLHASH_BYTES] bytes, copied
    public static BuildId ofHtlhash(byte[] bytes) {
        if (bytes.length != HTLHASH_BYTES) {
            throw new IllegalArgumentException(
                    "an htlhash has %d bytes, not %d".formatted(HTLHASH_BYTES, bytes.length));
        }
        return new BuildId(Kind.HTLHASH, bytes.clone());
    }

    /// Reads what [#toString] writes, with digits of either case: a GNU build-id as hex digits, an
    /// htlhash with `htlhash:` before them; anything else is empty.
    public static Optional<BuildId> parse(String text) {
        return text.startsWith(HTLHASH_PREFIX) ? parseHtlhash(text.substring(HTLHASH_PREFIX.length())) : parseGnu(text);
    }

    /// Reads 32 hex digits of either case as an htlhash; anything else is empty.
    public static Optional<BuildId> parseHtlhash(String hex) {
        return parseGnu(hex).filter(id -> id.length() == HTLHASH_BYTES).map(id -> new BuildId(Kind.HTLHASH, id.bytes));
    }

    /// Reads 2 to 128 hex digits of either case as a GNU build-id; anything else is empty.
    public static Optional<BuildId> parseGnu(String hex) {
        int digits = hex.length();
        if (digits == 0 || digits > 2 * MAX_BYTES || digits % 2 != 0) {
            return Optional.empty();
        }
        for (int i = 0; i < digits; i++) {
            if (!HexFormat.isHexDigit(hex.charAt(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(new BuildId(Kind.GNU, HEX.parseHex(hex)));
    }

    public Kind kind() {
        return kind;
    }

    /// Returns the form that catalogs have as their key. A GNU build-id of at most [#MAX_KERNEL_BYTES]
    /// bytes loses the zero bytes at its end, but keeps at least one byte; every other id stays as it
    /// is. Allocates only if there is something to cut.
    public BuildId unpadded() {
        int length = unpaddedLength();
        return length == bytes.length ? this : new BuildId(kind, Arrays.copyOf(bytes, length));
    }

    /// Returns true if both may be the id of one file, one of them padded by the kernel.
    public boolean matches(BuildId other) {
        return kind == other.kind && Arrays.equals(bytes, 0, unpaddedLength(), other.bytes, 0, other.unpaddedLength());
    }

    /// Returns every id that this one [#matches]: itself first, then from the shortest to the longest.
    /// There are at most [#MAX_KERNEL_BYTES].
    public List<BuildId> forms() {
        List<BuildId> forms = new ArrayList<>();
        forms.add(this);
        for (int length = unpaddedLength(); kind == Kind.GNU && length <= MAX_KERNEL_BYTES; length++) {
            if (length != bytes.length) {
                forms.add(new BuildId(kind, Arrays.copyOf(bytes, length)));
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

    /// Returns the number of bytes in the id, 1 to [#MAX_BYTES].
    public int length() {
        return bytes.length;
    }

    /// Returns a copy of the bytes.
    public byte[] toBytes() {
        return bytes.clone();
    }

    /// Writes the [#length] bytes into `into` from `at` on.
    public void copyTo(byte[] into, int at) {
        System.arraycopy(bytes, 0, into, at, bytes.length);
    }

    /// Returns true if the kernel would report it: a GNU build-id of at most 20 bytes (ELF-10).
    public boolean visibleToKernel() {
        return kind == Kind.GNU && bytes.length <= MAX_KERNEL_BYTES;
    }

    /// Returns true if all bytes are zero: some linkers leave such a placeholder, so two files that
    /// share one need not be the same (DEV-13).
    public boolean suspicious() {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /// Returns the bytes as lower-case hex digits, whatever the kind.
    public String hex() {
        return HEX.formatHex(bytes);
    }

    /// Orders GNU build-ids before htlhashes; within a kind byte by byte, unsigned, a prefix first.
    @Override
    public int compareTo(BuildId other) {
        return kind == other.kind ? Arrays.compareUnsigned(bytes, other.bytes) : kind.compareTo(other.kind);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BuildId that && kind == that.kind && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + Arrays.hashCode(bytes);
    }

    /// Returns the text that stands for the id in paths, file names and logs: the hex digits of a GNU
    /// build-id, and of an htlhash the same with `htlhash:` before them.
    @Override
    public String toString() {
        return switch (kind) {
            case GNU -> hex();
            case HTLHASH -> HTLHASH_PREFIX + hex();
        };
    }
}
