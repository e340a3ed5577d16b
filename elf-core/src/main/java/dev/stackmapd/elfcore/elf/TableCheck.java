package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// Checks that the tables of a file are safe for a reader that sizes arrays by counts in the file.
final class TableCheck {
    private static final int NOTE_HEADER = 12;

    private final ElfClass elfClass;
    private final long maxBytes;

    TableCheck(ElfClass elfClass, long maxBytes) {
        this.elfClass = elfClass;
        this.maxBytes = maxBytes;
    }

    /// @param contents of the section, which lies in the file
    void check(Section section, Cursor contents) throws MalformedBinaryException {
        switch (section.type()) {
            case ElfConstants.SHT_STRTAB,
                    ElfConstants.SHT_SYMTAB,
                    ElfConstants.SHT_DYNSYM,
                    ElfConstants.SHT_RELA,
                    ElfConstants.SHT_REL,
                    ElfConstants.SHT_DYNAMIC -> checkSize(contents);
            case ElfConstants.SHT_HASH -> {
                checkSize(contents);
                checkHash(contents);
            }
            case ElfConstants.SHT_GNU_HASH -> {
                checkSize(contents);
                checkGnuHash(contents);
            }
            case ElfConstants.SHT_NOTE -> {
                checkSize(contents);
                checkNotes(contents);
            }
            default -> {}
        }
    }

    void checkSize(Cursor contents) throws MalformedBinaryException {
        if (contents.remaining() > maxBytes) {
            throw contents.malformed("the table has " + contents.remaining() + " bytes");
        }
    }

    private static void checkHash(Cursor contents) throws MalformedBinaryException {
        long buckets = contents.u32("nbucket");
        long chains = contents.u32("nchain");
        contents.skip(4 * (buckets + chains), "buckets and chains");
    }

    private void checkGnuHash(Cursor contents) throws MalformedBinaryException {
        long buckets = contents.u32("nbuckets");
        contents.u32("symoffset");
        long words = contents.u32("bloom_size");
        contents.u32("bloom_shift");
        contents.skip(words * elfClass.wordBytes(), "bloom filter");
        contents.skip(4 * buckets, "buckets");
    }

    private static void checkNotes(Cursor contents) throws MalformedBinaryException {
        while (contents.remaining() >= NOTE_HEADER) {
            long nameSize = contents.u32("n_namesz");
            long descriptorSize = contents.u32("n_descsz");
            contents.u32("n_type");
            skipPadded(contents, nameSize, "n_namesz");
            skipPadded(contents, descriptorSize, "n_descsz");
        }
    }

    /// Skips bytes and their padding. The padding of the last part may be missing.
    private static void skipPadded(Cursor contents, long size, String what) throws MalformedBinaryException {
        contents.skip(size, what);
        contents.skip(Math.min(-size & 3, contents.remaining()), what);
    }
}
