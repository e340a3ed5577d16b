package dev.stackmapd.elfcore.golang;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfClass;
import java.util.Optional;

/// `pcHeader`, the header of the table. Offsets are relative to its first byte.
///
/// @param quantum bytes for one step of a program counter: the size of the shortest instruction
/// @param functions entries of the function table, without its end
/// @param textStart ELF address that is the base of function offsets; 0 where the header does not have
///     it
/// @param functionTable offset of the function table, which is the base of the offsets of functions'
///     records
record PcHeader(
        TableVersion version,
        int quantum,
        long functions,
        long textStart,
        long functionNames,
        long unitFiles,
        long fileNames,
        long pcValues,
        long functionTable) {

    /// Reads the header; empty where these are not the first bytes of a table for this class of file.
    static Optional<PcHeader> read(ElfClass elfClass, ByteExtent table) throws MalformedBinaryException {
        Cursor at = table.cursor();
        if (at.remaining() < 8L + 8L * elfClass.wordBytes()) {
            return Optional.empty();
        }
        Optional<TableVersion> version = TableVersion.of(at.u32("magic"));
        int padding = at.u16("padding");
        int quantum = at.u8("minLC");
        boolean fits = at.u8("ptrSize") == elfClass.wordBytes() && padding == 0;
        return version.isPresent() && fits && (quantum == 1 || quantum == 2 || quantum == 4)
                ? Optional.of(fields(version.get(), quantum, elfClass, at))
                : Optional.empty();
    }

    private static PcHeader fields(TableVersion version, int quantum, ElfClass elfClass, Cursor at)
            throws MalformedBinaryException {
        long functions = elfClass.word(at, "nfunc");
        at.skip(elfClass.wordBytes(), "nfiles");
        long textStart = version.hasOffsets() ? elfClass.word(at, "textStart") : 0;
        return new PcHeader(
                version,
                quantum,
                functions,
                textStart,
                elfClass.word(at, "funcnameOffset"),
                elfClass.word(at, "cuOffset"),
                elfClass.word(at, "filetabOffset"),
                elfClass.word(at, "pctabOffset"),
                elfClass.word(at, "pclnOffset"));
    }

    /// Returns the width in bytes of the address, and of the offset, in an entry of the function table.
    int functionFieldBytes(ElfClass elfClass) {
        return version.hasOffsets() ? Integer.BYTES : elfClass.wordBytes();
    }

    /// Returns true if the parts follow each other within `size` bytes and the function table has room
    /// for its entries. Bytes that only look like a header fail this.
    boolean fitsInto(long size, ElfClass elfClass) {
        long[] offsets = {functionNames, unitFiles, fileNames, pcValues, functionTable, size};
        for (int i = 1; i < offsets.length; i++) {
            if (Long.compareUnsigned(offsets[i - 1], offsets[i]) > 0) {
                return false;
            }
        }
        return Long.compareUnsigned(functions, (size - functionTable) / (2L * functionFieldBytes(elfClass))) < 0;
    }
}
