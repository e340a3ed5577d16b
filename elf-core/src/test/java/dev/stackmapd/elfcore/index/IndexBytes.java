package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// An index file with changed bytes: repairs its checksums after a change, and makes every kind of
/// look-up.
final class IndexBytes {
    private static final int HEADER_LENGTH = 12;

    private IndexBytes() {}

    static int headerLength(byte[] index) {
        return ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN).getInt(HEADER_LENGTH);
    }

    static int sectionOffset(byte[] index, int section) {
        int directory = headerLength(index) - Integer.BYTES - IndexFormat.SECTIONS * IndexFormat.DIRECTORY_ENTRY_BYTES;
        int entry = directory + (section - 1) * IndexFormat.DIRECTORY_ENTRY_BYTES;
        return (int) ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN).getLong(entry + 8);
    }

    /// Corrects all checksums that header and directory allow to find.
    static void repair(byte[] index) {
        if (index.length < IndexFormat.FIXED_HEADER_BYTES) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN);
        int header = bytes.getInt(HEADER_LENGTH);
        int directory = header - Integer.BYTES - IndexFormat.SECTIONS * IndexFormat.DIRECTORY_ENTRY_BYTES;
        if (header < 0 || directory < IndexFormat.FIXED_HEADER_BYTES || header > index.length) {
            return;
        }
        for (int at = directory; at < header - Integer.BYTES; at += IndexFormat.DIRECTORY_ENTRY_BYTES) {
            long offset = bytes.getLong(at + 8);
            long length = bytes.getLong(at + 16);
            if (offset >= 0 && length >= 0 && offset <= index.length && length <= index.length - offset) {
                bytes.putInt(at + 4, checksum(index, (int) offset, (int) length));
            }
        }
        bytes.putInt(header - Integer.BYTES, checksum(index, 0, header - Integer.BYTES));
    }

    private static int checksum(byte[] bytes, int offset, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, offset, length);
        return (int) checksum.getValue();
    }

    /// Looks up addresses all over an index, and every function and file. Wrong contents are a
    /// [MalformedBinaryException].
    static void askEverything(SymbolIndex index) {
        FrameCursor cursor = new FrameCursor();
        long step = Math.max(1, Long.divideUnsigned(index.span(), 150));
        for (int i = -2; i < 153; i++) {
            long address = index.base() + i * step;
            ask(() -> index.find(address, cursor));
            ask(() -> index.lacking(address, cursor));
        }
        for (int i = -1; i < Math.min(index.functionCount(), 100) + 1; i++) {
            int number = i;
            ask(() -> index.function(number));
            ask(() -> index.plainName(number));
        }
        for (int i = -1; i < Math.min(index.fileCount(), 100) + 1; i++) {
            int number = i;
            ask(() -> index.path(number));
        }
        ask(() -> index.lacking(100));
        index.sources();
        index.origin();
    }

    private interface Question {
        Object ask() throws MalformedBinaryException;
    }

    private static void ask(Question question) {
        try {
            question.ask();
        } catch (MalformedBinaryException e) {
            if (e.offset() != 0) {
                throw new AssertionError("a lie has no offset", e);
            }
        }
    }
}
