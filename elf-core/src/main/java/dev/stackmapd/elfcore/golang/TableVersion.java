package dev.stackmapd.elfcore.golang;

import java.util.Optional;

/// The versions of the table, which its first four bytes tell, and their differences.
enum TableVersion {
    /// Go 1.16 and 1.17: functions and their data have full addresses.
    GO_1_16(0xffff_fffaL, 20, 16, 12),
    /// Go 1.18 and 1.19: offsets from the beginning of the text and of `go.func.*`.
    GO_1_18(0xffff_fff0L, 20, 16, 12),
    /// Go 1.20 and later: functions have start lines, and calls have no file and line of their own.
    /// Since Go 1.26 the header no longer has the start of the text.
    GO_1_20(0xffff_fff1L, 16, 8, 4);

    private final long magic;
    private final int inlinedCallBytes;
    private final int parentPcAt;
    private final int nameAt;

    TableVersion(long magic, int inlinedCallBytes, int parentPcAt, int nameAt) {
        this.magic = magic;
        this.inlinedCallBytes = inlinedCallBytes;
        this.parentPcAt = parentPcAt;
        this.nameAt = nameAt;
    }

    static Optional<TableVersion> of(long magic) {
        for (TableVersion version : values()) {
            if (version.magic == magic) {
                return Optional.of(version);
            }
        }
        return Optional.empty();
    }

    long magic() {
        return magic;
    }

    /// Returns true if functions are offsets of 32 bits instead of addresses.
    boolean hasOffsets() {
        return this != GO_1_16;
    }

    boolean hasStartLines() {
        return this == GO_1_20;
    }

    /// Returns the size of one `inlinedCall` in bytes.
    int inlinedCallBytes() {
        return inlinedCallBytes;
    }

    /// Returns the offset of `parentPc` in an `inlinedCall`.
    int parentPcAt() {
        return parentPcAt;
    }

    /// Returns the offset of the name's offset in an `inlinedCall`.
    int nameAt() {
        return nameAt;
    }
}
