package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.MappedBytes;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Finds the dynamic symbol table and the relocations of a file without section headers, as the dynamic
/// linker does: through `PT_DYNAMIC`.
///
/// The number of symbols is only in the hash table.
final class DynamicSymbols {
    private final MappedBytes file;
    private final ElfHeader header;
    private final List<ProgramHeader> programHeaders;

    DynamicSymbols(MappedBytes file, ElfHeader header, List<ProgramHeader> programHeaders) {
        this.file = file;
        this.header = header;
        this.programHeaders = programHeaders;
    }

    /// Returns the dynamic symbols; empty where the file has no dynamic segment, symbol table or hash
    /// table.
    Optional<SymbolEntries> find(CodeTest codeTest) throws MalformedBinaryException {
        for (ProgramHeader segment : programHeaders) {
            if (segment.type() == ElfConstants.PT_DYNAMIC) {
                Tags tags = tags(file.cursor(segment.offset(), segment.fileSize(), header.order(), "PT_DYNAMIC"));
                return tags.symbols != 0 && tags.strings != 0 ? entries(tags, codeTest) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /// Returns the relocations with addend that `DT_RELA` names; empty where there are none.
    Optional<Cursor> relocations() throws MalformedBinaryException {
        for (ProgramHeader segment : programHeaders) {
            if (segment.type() == ElfConstants.PT_DYNAMIC) {
                Tags tags = tags(file.cursor(segment.offset(), segment.fileSize(), header.order(), "PT_DYNAMIC"));
                if (tags.relocations == 0) {
                    return Optional.empty();
                }
                Cursor rest = at(tags.relocations, "DT_RELA");
                if (Long.compareUnsigned(tags.relocationBytes, rest.remaining()) > 0) {
                    throw rest.malformed("DT_RELASZ is " + Long.toUnsignedString(tags.relocationBytes));
                }
                return Optional.of(file.cursor(rest.fileOffset(), tags.relocationBytes, header.order(), "DT_RELA"));
            }
        }
        return Optional.empty();
    }

    private Optional<SymbolEntries> entries(Tags tags, CodeTest codeTest) throws MalformedBinaryException {
        OptionalLong count = count(tags);
        if (count.isEmpty()) {
            return Optional.empty();
        }
        int entryBytes = header.elfClass().symbolBytes();
        Cursor rest = at(tags.symbols, "DT_SYMTAB");
        if (count.getAsLong() > rest.remaining() / entryBytes) {
            throw rest.malformed("the hash table claims " + count.getAsLong() + " symbols");
        }
        Cursor strings = at(tags.strings, "DT_STRTAB");
        if (Long.compareUnsigned(tags.stringBytes, strings.remaining()) > 0) {
            throw strings.malformed("DT_STRSZ is " + Long.toUnsignedString(tags.stringBytes));
        }
        Cursor names = file.cursor(strings.fileOffset(), tags.stringBytes, header.order(), "DT_STRTAB");
        return Optional.of(new SymbolEntries(header, rest, count.getAsLong(), names, codeTest, Optional.empty()));
    }

    private OptionalLong count(Tags tags) throws MalformedBinaryException {
        if (tags.hash != 0) {
            Cursor hash = at(tags.hash, "DT_HASH");
            hash.skip(4, "nbucket");
            return OptionalLong.of(hash.u32("nchain"));
        }
        return tags.gnuHash != 0 ? OptionalLong.of(countByGnuHash(tags.gnuHash)) : OptionalLong.empty();
    }

    /// Counts the symbols by the GNU hash table. The last symbol is the end of the chain that starts at
    /// the highest index; the last hash of a chain has its lowest bit set.
    private long countByGnuHash(long address) throws MalformedBinaryException {
        Cursor table = at(address, "DT_GNU_HASH");
        long buckets = table.u32("nbuckets");
        long firstSymbol = table.u32("symoffset");
        long bloomWords = table.u32("bloom_size");
        table.skip(4, "bloom_shift");
        table.skip(bloomWords * header.elfClass().wordBytes(), "bloom");
        long last = 0;
        for (long i = 0; i < buckets; i++) {
            last = Math.max(last, table.u32("bucket"));
        }
        if (last < firstSymbol) {
            return firstSymbol;
        }
        table.skip((last - firstSymbol) * 4, "chain");
        while ((table.u32("chain") & 1) == 0) {
            last++;
        }
        return last + 1;
    }

    private Tags tags(Cursor dynamic) throws MalformedBinaryException {
        Tags tags = new Tags();
        ElfClass elfClass = header.elfClass();
        while (dynamic.remaining() >= elfClass.dynamicBytes()) {
            long tag = elfClass.word(dynamic, "d_tag");
            long value = elfClass.word(dynamic, "d_un");
            if (tag == ElfConstants.DT_NULL) {
                break;
            }
            tags.set(tag, value);
        }
        return tags;
    }

    /// Returns a cursor from an ELF address to the end of the segment's bytes in the file.
    private Cursor at(long address, String what) throws MalformedBinaryException {
        for (ProgramHeader segment : programHeaders) {
            long delta = address - segment.address();
            if (segment.type() == ElfConstants.PT_LOAD && Long.compareUnsigned(delta, segment.fileSize()) < 0) {
                return file.cursor(segment.offset() + delta, segment.fileSize() - delta, header.order(), what);
            }
        }
        throw new MalformedBinaryException(
                file.source(), 0, what + " is 0x" + Long.toHexString(address) + ", in no segment");
    }

    /// The values of `PT_DYNAMIC`; 0 for a missing tag.
    private static final class Tags {
        private long symbols;
        private long strings;
        private long stringBytes;
        private long hash;
        private long gnuHash;
        private long relocations;
        private long relocationBytes;

        private void set(long tag, long value) {
            if (tag == ElfConstants.DT_SYMTAB) {
                symbols = value;
            } else if (tag == ElfConstants.DT_STRTAB) {
                strings = value;
            } else if (tag == ElfConstants.DT_STRSZ) {
                stringBytes = value;
            } else if (tag == ElfConstants.DT_HASH) {
                hash = value;
            } else if (tag == ElfConstants.DT_GNU_HASH) {
                gnuHash = value;
            } else if (tag == ElfConstants.DT_RELA) {
                relocations = value;
            } else if (tag == ElfConstants.DT_RELASZ) {
                relocationBytes = value;
            }
        }
    }
}
