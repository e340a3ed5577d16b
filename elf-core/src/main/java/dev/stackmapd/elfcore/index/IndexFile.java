package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.MappedBytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// Opens index files: maps them and checks magic, version, checksums and counts.
final class IndexFile {
    private static final int CHECKSUM_CHUNK = 1 << 28;

    private IndexFile() {}

    @SuppressWarnings("MustBeClosedChecker") // the index closes the arena
    static IndexOpening open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        boolean kept = false;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            IndexOpening opening = open(String.valueOf(path.getFileName()), bytes, arena);
            kept = opening instanceof IndexOpening.Ready;
            return opening;
        } finally {
            if (!kept) {
                arena.close();
            }
        }
    }

    static IndexOpening open(String source, MemorySegment bytes, Arena arena) {
        int headSize = (int) Math.min(bytes.byteSize(), IndexHeader.MAX_BYTES);
        byte[] head = bytes.asSlice(0, headSize).toArray(ValueLayout.JAVA_BYTE);
        try (MappedBytes header = MappedBytes.of(source, head)) {
            Cursor at = header.cursor(0, headSize, ByteOrder.LITTLE_ENDIAN, "header");
            if (!Arrays.equals(at.take(IndexFormat.MAGIC.length, "magic"), IndexFormat.MAGIC)) {
                return new IndexOpening.Corrupt(0, "not a symbol index");
            }
            int version = at.u16("version");
            if (version > IndexFormat.VERSION) {
                return new IndexOpening.TooNew(version);
            }
            if (version < IndexFormat.OLDEST_VERSION) {
                return new IndexOpening.TooOld(version);
            }
            verifyHeader(header, head);
            IndexHeader read = new IndexHeader(at, bytes.byteSize());
            verifySections(source, bytes, read);
            return new IndexOpening.Ready(new SymbolIndex(source, read, bytes, arena));
        } catch (MalformedBinaryException e) {
            return new IndexOpening.Corrupt(e.offset(), e.reason());
        }
    }

    private static void verifyHeader(MappedBytes header, byte[] head) throws MalformedBinaryException {
        Cursor at = header.cursor(0, head.length, ByteOrder.LITTLE_ENDIAN, "header");
        at.moveTo(IndexFormat.HEADER_LENGTH_AT, "length of the header");
        long length = at.u32("length of the header");
        if (length < IndexFormat.FIXED_HEADER_BYTES || length > head.length) {
            throw at.malformed("the header has " + length + " bytes");
        }
        at.moveTo(length - Integer.BYTES, "checksum of the header");
        CRC32C checksum = new CRC32C();
        checksum.update(head, 0, (int) length - Integer.BYTES);
        if (at.u32("checksum of the header") != checksum.getValue()) {
            throw new MalformedBinaryException(
                    at.malformed("").source(), length - Integer.BYTES, "the header does not match its checksum");
        }
    }

    private static void verifySections(String source, MemorySegment bytes, IndexHeader header)
            throws MalformedBinaryException {
        for (int number = 1; number <= IndexFormat.SECTIONS; number++) {
            CRC32C checksum = new CRC32C();
            long end = header.sectionOffsets[number] + header.sectionLengths[number];
            for (long at = header.sectionOffsets[number]; at < end; at += CHECKSUM_CHUNK) {
                checksum.update(
                        bytes.asSlice(at, Math.min(CHECKSUM_CHUNK, end - at)).asByteBuffer());
            }
            if ((int) checksum.getValue() != header.sectionChecksums[number]) {
                throw new MalformedBinaryException(
                        source, header.sectionOffsets[number], "section " + number + " does not match its checksum");
            }
        }
    }
}
