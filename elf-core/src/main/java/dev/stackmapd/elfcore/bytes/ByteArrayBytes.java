package dev.stackmapd.elfcore.bytes;

/// Reads the head of a file from the bytes that a sender passed on. The array is not copied and must not
/// change. Thread-safe.
public final class ByteArrayBytes implements RandomAccessBytes {
    private final String source;
    private final byte[] bytes;

    public ByteArrayBytes(String source, byte[] bytes) {
        this.source = source;
        this.bytes = bytes;
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public int read(long offset, byte[] into, int length) {
        int copied = Math.clamp(bytes.length - offset, 0, length);
        if (copied > 0) {
            System.arraycopy(bytes, (int) offset, into, 0, copied);
        }
        return copied;
    }
}
