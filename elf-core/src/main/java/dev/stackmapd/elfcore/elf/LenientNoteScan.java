package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import dev.stackmapd.elfcore.elf.BuildIdSearch.Cause;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Optional;

/// Searches for a build-id at every place where a well-formed file may have it (DEV-16, DEV-17).
final class LenientNoteScan extends NoteScan {
    LenientNoteScan(RandomAccessBytes bytes, ParseLimits limits) {
        super(bytes, limits);
    }

    @Override
    boolean orderKnown() {
        int encoding = window.u8(ElfConstants.EI_DATA);
        if (encoding != ElfConstants.ELFDATA2LSB && encoding != ElfConstants.ELFDATA2MSB) {
            complain(Cause.NOT_ELF, ElfConstants.EI_DATA, "EI_DATA is " + encoding);
            return false;
        }
        window.order(encoding == ElfConstants.ELFDATA2MSB ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        return true;
    }

    /// Accepts relocatable files too: kernel modules have their ids only in sections.
    @Override
    boolean acceptsType(int type) {
        return type == ElfConstants.ET_EXEC || type == ElfConstants.ET_DYN || type == ElfConstants.ET_REL;
    }

    @Override
    Optional<BuildId> find() throws IOException {
        boolean wide = elfClass == ElfClass.ELF64;
        // Read now: the window may have moved on after the program headers.
        long table = elfClass.word(window, wide ? 40 : 32);
        int count = window.u16(wide ? 60 : 48);
        Optional<BuildId> found = programHeaders();
        return found.isPresent() || table == 0 ? found : sections(table, Math.min(count, limits.maxSections()));
    }

    /// Searches the note sections. Missing section headers are no error: the head of a file that a
    /// sender passes on ends before them.
    ///
    /// @param count `e_shnum`; 0 means that section 0 has the number (gABI, extended numbering)
    private Optional<BuildId> sections(long table, long count) throws IOException {
        boolean wide = elfClass == ElfClass.ELF64;
        int entryBytes = elfClass.sectionHeaderBytes();
        for (long i = 0; i < Math.max(count, 1); i++) {
            long entry = table + i * entryBytes;
            if (!window.holds(entry, entryBytes)) {
                return Optional.empty();
            }
            if (i == 0 && count == 0) {
                count = Math.clamp(elfClass.word(window, entry + (wide ? 32 : 20)), 0, limits.maxSections());
            }
            if (window.u32(entry + 4) != ElfConstants.SHT_NOTE) {
                continue;
            }
            long offset = elfClass.word(window, entry + (wide ? 24 : 16));
            Optional<BuildId> found = segment(offset, elfClass.word(window, entry + (wide ? 32 : 20)));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    @Override
    Optional<BuildId> segment(long offset, long size) throws IOException {
        long end = offset + size;
        if (offset < 0 || size < 0 || end < 0) {
            complain(Cause.BAD_NOTE, offset, "notes of 0x" + Long.toHexString(size) + " bytes end past 2^63");
            return Optional.empty();
        }
        return walk(offset, end);
    }

    /// Returns the start of the next note. The padding of the last note may be missing, but not its
    /// descriptor.
    @Override
    long next(long here, long nameSize, long descSize, long end) {
        long desc = here + 12 + align4(nameSize);
        return desc + descSize > end ? -1 : desc + align4(descSize);
    }

    private static long align4(long size) {
        return (size + 3) & ~3L;
    }

    @Override
    int leastNoteBytes() {
        return 12;
    }

    @Override
    int maxIdBytes() {
        return BuildId.MAX_BYTES;
    }
}
