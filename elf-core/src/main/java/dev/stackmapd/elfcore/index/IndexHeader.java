package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.BuildId;
import java.nio.charset.StandardCharsets;

/// The header of an index, with its directory of sections, see [IndexFormat]. The constructor checks it:
/// sections follow each other in the file and have the size that the counts require.
final class IndexHeader {
    /// More than any header has.
    static final int MAX_BYTES = 1 << 10;

    final long base;
    final long span;
    final int width;
    final int blocks;
    final int shift;
    final int contexts;
    final int functions;
    final int files;
    final int strings;
    final int[] contextBits;
    final int[] functionBits;
    final int[] fileBits;
    final int sources;
    final boolean partsSkipped;
    final IndexOrigin origin;
    final long[] sectionOffsets = new long[IndexFormat.SECTIONS + 1];
    final long[] sectionLengths = new long[IndexFormat.SECTIONS + 1];
    final int[] sectionChecksums = new int[IndexFormat.SECTIONS + 1];

    /// @param at positioned after the version; the checksum has been verified
    /// @param fileBytes the true size of the file
    IndexHeader(Cursor at, long fileBytes) throws MalformedBinaryException {
        width = at.u8("bytes of a start");
        if (width != Integer.BYTES && width != Long.BYTES) {
            throw at.malformed("bytes of a start are " + width);
        }
        at.skip(1, "reserved");
        long headerBytes = at.u32("length of the header");
        long claimed = at.u64("length of the file");
        if (claimed != fileBytes) {
            throw at.malformed("the file has " + fileBytes + " bytes, not " + claimed);
        }
        base = at.u64("base");
        span = at.u64("span");
        blocks = count(at, "blocks", 1);
        shift = (int) at.u32("shift");
        contexts = count(at, "contexts", 1);
        functions = count(at, "functions", 0);
        files = count(at, "files", 1);
        strings = count(at, "strings", 1);
        contextBits = bits(at, IndexFormat.CONTEXT_FIELDS, Integer.SIZE);
        functionBits = bits(at, IndexFormat.FUNCTION_FIELDS, Long.SIZE);
        at.skip(1, "reserved");
        fileBits = bits(at, IndexFormat.FILE_FIELDS, Integer.SIZE);
        sources = at.u8("sources");
        partsSkipped = (at.u8("flags") & IndexFormat.PARTS_SKIPPED) != 0;
        if (span == 0 || shift < 0 || shift >= Long.SIZE) {
            throw at.malformed("span 0x%x, shift %d".formatted(span, shift));
        }
        int idField = at.u8("bytes of the build-id");
        boolean isHtlhash = (idField & IndexFormat.IS_HTLHASH) != 0;
        int idBytes = idField & ~IndexFormat.IS_HTLHASH;
        int versionBytes = at.u8("bytes of the tool's version");
        int sections = at.u16("sections");
        boolean fits = isHtlhash ? idBytes == BuildId.HTLHASH_BYTES : idBytes > 0 && idBytes <= BuildId.MAX_BYTES;
        if (!fits || sections != IndexFormat.SECTIONS) {
            throw at.malformed("the build-id has %d bytes, and there are %d sections".formatted(idBytes, sections));
        }
        byte[] idText = at.take(idBytes, "build-id");
        BuildId id = isHtlhash ? BuildId.ofHtlhash(idText) : BuildId.of(idText);
        byte[] version = at.take(versionBytes, "version of the tool");
        for (byte character : version) {
            if (!IndexOrigin.isPrintable(character)) {
                throw at.malformed("the tool's version is not printable ASCII");
            }
        }
        origin = new IndexOrigin(id, new String(version, StandardCharsets.US_ASCII));
        readDirectory(at, headerBytes, fileBytes);
    }

    private static int count(Cursor at, String what, int least) throws MalformedBinaryException {
        long count = at.u32(what);
        if (count < least || count > Integer.MAX_VALUE) {
            throw at.malformed(count + " " + what);
        }
        return (int) count;
    }

    private static int[] bits(Cursor at, int fields, int most) throws MalformedBinaryException {
        int[] bits = new int[fields];
        for (int i = 0; i < fields; i++) {
            bits[i] = at.u8("bits of a field");
            if (bits[i] > most) {
                throw at.malformed("a field has " + bits[i] + " bits");
            }
        }
        return bits;
    }

    private void readDirectory(Cursor at, long headerBytes, long fileBytes) throws MalformedBinaryException {
        long expected = headerBytes;
        for (int number = 1; number <= IndexFormat.SECTIONS; number++) {
            long named = at.u32("section number");
            sectionChecksums[number] = (int) at.u32("checksum of a section");
            sectionOffsets[number] = at.u64("offset of a section");
            sectionLengths[number] = at.u64("length of a section");
            if (named != number
                    || sectionOffsets[number] != expected
                    || Long.compareUnsigned(sectionLengths[number], fileBytes - expected) > 0
                    || !isExpected(number)) {
                throw at.malformed("section %d at 0x%x, 0x%x bytes"
                        .formatted(named, sectionOffsets[number], sectionLengths[number]));
            }
            expected += sectionLengths[number];
        }
        if (expected != fileBytes) {
            throw at.malformed("there are 0x%x bytes after the last section".formatted(fileBytes - expected));
        }
    }

    /// Returns true if a section has the size that the counts require; blocks and texts may have any.
    private boolean isExpected(int number) {
        long length = sectionLengths[number];
        return switch (number) {
            case IndexFormat.BLOCKS -> length == (blocks + 1L) * 2 * width;
            case IndexFormat.TOP -> length / Integer.BYTES - 2 == (span - 1) >>> shift && length % Integer.BYTES == 0;
            case IndexFormat.CONTEXTS -> length == expectedBytes(contexts, contextBits);
            case IndexFormat.FUNCTIONS -> length == expectedBytes(functions, functionBits);
            case IndexFormat.FILES -> length == expectedBytes(files, fileBits);
            case IndexFormat.STRINGS -> length == IndexStrings.expectedGroupBytes(strings);
            default -> true;
        };
    }

    private static long expectedBytes(int count, int[] bits) {
        return Records.expectedBytes(count, bits);
    }
}
