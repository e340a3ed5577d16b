package dev.stackmapd.elfcore.gsym;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.MappedBytes;
import dev.stackmapd.elfcore.elf.ElfAddress;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An open GSYM file of version 1, in either byte order.
///
/// Opening reads the header; a look-up reads what it needs: a binary search over the addresses, then the
/// lines and inlined calls of one function. Contents that the format does not allow are a
/// [MalformedBinaryException]. It owns the mapping. Thread-safe until it is closed.
public final class GsymFile implements AutoCloseable {
    private final MappedBytes file;
    private final ByteOrder order;
    private final int offsetBytes;
    private final long base;
    private final int count;
    private final byte[] uuid;
    private final ByteExtent addressOffsets;
    private final ByteExtent infoOffsets;
    private final ByteExtent files;
    private final ByteExtent strings;

    private GsymFile(MappedBytes file) throws MalformedBinaryException {
        this.file = file;
        this.order = orderOf(file);
        Cursor at = file.cursor(0, Math.min(file.size(), Gsym.HEADER_BYTES), order, "header");
        at.skip(Integer.BYTES, "magic");
        int version = at.u16("version");
        if (version != Gsym.VERSION) {
            throw at.malformed("version " + version);
        }
        offsetBytes = at.u8("address offset size");
        int uuidBytes = at.u8("UUID length");
        if (Integer.bitCount(offsetBytes) != 1 || offsetBytes > Long.BYTES || uuidBytes > Gsym.MAX_UUID_BYTES) {
            throw at.malformed("addresses of %d bytes, a UUID of %d".formatted(offsetBytes, uuidBytes));
        }
        base = at.u64("base address");
        long addresses = at.u32("number of addresses");
        if (addresses > Integer.MAX_VALUE) {
            throw at.malformed(addresses + " addresses");
        }
        count = (int) addresses;
        long stringsAt = at.u32("string table offset");
        strings = file.extent(stringsAt, at.u32("string table size"), order, "string table");
        uuid = at.take(uuidBytes, "UUID");
        long offsetsAt = align(Gsym.HEADER_BYTES, offsetBytes);
        addressOffsets = file.extent(offsetsAt, (long) count * offsetBytes, order, "address offsets");
        long infosAt = align(offsetsAt + addressOffsets.size(), Integer.BYTES);
        infoOffsets = file.extent(infosAt, (long) count * Integer.BYTES, order, "address info offsets");
        long filesAt = infosAt + infoOffsets.size();
        long fileCount = file.extent(filesAt, Integer.BYTES, order, "file table")
                .cursor()
                .u32("number of files");
        files = file.extent(filesAt + Integer.BYTES, fileCount * 2 * Integer.BYTES, order, "file table");
    }

    /// Maps a regular file, which must not be changed in place.
    public static GsymFile open(Path path) throws IOException, MalformedBinaryException {
        return owning(MappedBytes.open(path));
    }

    /// @param bytes a whole file, not copied
    public static GsymFile of(String source, byte[] bytes) throws MalformedBinaryException {
        return owning(MappedBytes.of(source, bytes));
    }

    private static GsymFile owning(MappedBytes file) throws MalformedBinaryException {
        try {
            return new GsymFile(file);
        } catch (MalformedBinaryException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static ByteOrder orderOf(MappedBytes file) throws MalformedBinaryException {
        Cursor at = file.cursor(0, Math.min(file.size(), Integer.BYTES), ByteOrder.LITTLE_ENDIAN, "magic");
        int magic = (int) at.u32("magic");
        if (magic == Gsym.MAGIC) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        if (Integer.reverseBytes(magic) == Gsym.MAGIC) {
            return ByteOrder.BIG_ENDIAN;
        }
        throw new MalformedBinaryException(file.source(), 0, "not a GSYM file");
    }

    private static long align(long offset, int bytes) {
        return (offset + bytes - 1) & -bytes;
    }

    public ByteOrder order() {
        return order;
    }

    /// Returns the number of functions, without those folded into others.
    public int functionCount() {
        return count;
    }

    /// Returns the UUID, which is usually the build-id; no bytes where the file has none.
    public byte[] uuid() {
        return uuid.clone();
    }

    /// Looks an address up. Of several functions that begin at one address, the first counts whose size
    /// is 0 or reaches the address.
    public GsymAnswer lookup(ElfAddress address) throws MalformedBinaryException {
        int last = lastAtOrBelow(address.value());
        if (last < 0) {
            return new GsymAnswer.Missing();
        }
        int first = last;
        while (first > 0 && start(first - 1) == start(last)) {
            first--;
        }
        for (int entry = first; entry <= last; entry++) {
            Cursor info = info(entry);
            long size = info.u32("function size");
            if (size == 0 || Long.compareUnsigned(address.value() - start(entry), size) < 0) {
                return answer(address.value(), start(entry), info);
            }
        }
        return new GsymAnswer.Missing();
    }

    private int lastAtOrBelow(long address) throws MalformedBinaryException {
        if (Long.compareUnsigned(address, base) < 0) {
            return -1;
        }
        int below = 0;
        int above = count;
        while (below < above) {
            int middle = (below + above) >>> 1;
            if (Long.compareUnsigned(start(middle), address) <= 0) {
                below = middle + 1;
            } else {
                above = middle;
            }
        }
        return below - 1;
    }

    private long start(int entry) throws MalformedBinaryException {
        Cursor at = addressOffsets.cursor();
        at.moveTo((long) entry * offsetBytes, "address");
        long offset = switch (offsetBytes) {
            case 1 -> at.u8("address offset");
            case 2 -> at.u16("address offset");
            case 4 -> at.u32("address offset");
            default -> at.u64("address offset");
        };
        return base + offset;
    }

    private Cursor info(int entry) throws MalformedBinaryException {
        Cursor at = infoOffsets.cursor();
        at.moveTo((long) entry * Integer.BYTES, "address info");
        long offset = at.u32("address info offset");
        return file.cursor(offset, Math.max(0, file.size() - offset), order, "function info");
    }

    /// @param info positioned after the size
    private GsymAnswer answer(long address, long start, Cursor info) throws MalformedBinaryException {
        String name = string(info.u32("function name"));
        FrameChain chain = new FrameChain(this, address, name);
        List<String> merged = new ArrayList<>();
        while (true) {
            long type = info.u32("info type");
            long length = info.u32("info length");
            long end = info.position() + length;
            ByteExtent content = file.extent(info.fileOffset(), length, order, "function info");
            if (type == Gsym.END_OF_LIST) {
                return new GsymAnswer.Found(chain.frames(), new ElfAddress(start), merged);
            }
            if (type == Gsym.LINE_TABLE_INFO) {
                chain.lines(content.cursor(), start);
            } else if (type == Gsym.INLINE_INFO) {
                chain.inlined(content.cursor(), start);
            } else if (type == Gsym.MERGED_FUNCTIONS_INFO) {
                readMerged(content.cursor(), merged);
            }
            info.moveTo(end, "info length");
        }
    }

    private void readMerged(Cursor at, List<String> into) throws MalformedBinaryException {
        for (long left = at.u32("merged functions"); left > 0; left--) {
            long length = at.u32("merged function length");
            long end = at.position() + length;
            at.skip(Integer.BYTES, "function size");
            if (into.size() == Gsym.MAX_MERGED) {
                throw at.malformed("more than " + Gsym.MAX_MERGED + " merged functions");
            }
            into.add(string(at.u32("function name")));
            at.moveTo(end, "merged function length");
        }
    }

    String string(long offset) throws MalformedBinaryException {
        Cursor at = strings.cursor();
        at.moveTo(offset, "string offset");
        return at.string(Gsym.MAX_STRING_BYTES, "string");
    }

    /// A place in a source file.
    ///
    /// @param number of the file; 0 is none
    GsymFrame frame(String function, long number, long line) throws MalformedBinaryException {
        Cursor at = files.cursor();
        if (number > files.size() / (2 * Integer.BYTES)) {
            throw at.malformed("file " + Long.toUnsignedString(number));
        }
        at.moveTo(number * 2 * Integer.BYTES, "file");
        String directory = string(at.u32("directory"));
        return new GsymFrame(function, directory, string(at.u32("base name")), line);
    }

    /// Does not wait for readers: a later look-up, on any thread, throws `IllegalStateException`.
    @Override
    public void close() {
        file.close();
    }
}
