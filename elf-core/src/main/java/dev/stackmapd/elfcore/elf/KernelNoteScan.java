package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import dev.stackmapd.elfcore.elf.BuildIdSearch.Cause;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Optional;

/// Searches for a build-id as Linux 6.12 and later do, oddities included.
final class KernelNoteScan extends NoteScan {
    private static final long MAX_U32 = 0xffff_ffffL;

    KernelNoteScan(RandomAccessBytes bytes, ParseLimits limits) {
        super(bytes, limits);
    }

    /// Ignores the encoding byte (ELF-03).
    @Override
    boolean orderKnown() {
        window.order(ByteOrder.nativeOrder());
        return true;
    }

    @Override
    boolean acceptsType(int type) {
        return type == ElfConstants.ET_EXEC || type == ElfConstants.ET_DYN;
    }

    @Override
    Optional<BuildId> find() throws IOException {
        return programHeaders();
    }

    /// Searches a segment with a signed offset, the low 32 bits of the size, and an end that fits 32
    /// bits (ELF-07).
    @Override
    Optional<BuildId> segment(long offset, long fileSize) throws IOException {
        long end = offset + (fileSize & MAX_U32);
        if (offset < 0 || end < 0 || end > MAX_U32) {
            complain(Cause.BAD_NOTE, offset, "a note segment ends past 4 GiB");
            return Optional.empty();
        }
        return walk(offset, end);
    }

    /// Returns the start of the next note (ELF-09). Rounding up is done in 32 bits and may wrap to 0, as
    /// the kernel's does (ELF-65).
    @Override
    long next(long here, long nameSize, long descSize, long end) {
        long next = here + 12 + align4(nameSize) + align4(descSize);
        return next > end ? -1 : next;
    }

    private static long align4(long size) {
        return (size + 3) & MAX_U32 & ~3L;
    }

    /// Returns the fewest bytes that the kernel reads as a note, which are more than 16 (ELF-08).
    @Override
    int leastNoteBytes() {
        return 17;
    }

    @Override
    int maxIdBytes() {
        return BuildId.MAX_KERNEL_BYTES;
    }
}
