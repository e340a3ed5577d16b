package dev.stackmapd.app.http;

import dev.stackmapd.request.SenderShares;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/// Memory for request bodies between their arrival and their turn, as they were sent.
///
/// A body is received whole before anything is done with it, so that a slow sender holds nothing but the bytes that it
/// has sent. All bodies together are bounded, and the bodies of one sender leave an eighth of the memory to others. A
/// body for which there is none waits for ten seconds. Thread-safe.
public final class BodyBuffers {
    private static final int CHUNK = 16 << 10;
    private static final int WAIT_SECONDS = 10;

    /// A sender alone may hold seven eighths of the memory.
    private static final int SHARE = 7;

    private final SenderShares chunks;

    /// @param bytes for all bodies together
    public BodyBuffers(long bytes) {
        this.chunks = new SenderShares((int) Math.min(bytes / CHUNK, Integer.MAX_VALUE), SHARE);
    }

    /// Returns for how many bytes a sender alone may hold a body of the largest size.
    public static long bytesFor(long largest) {
        return largest / SHARE * (SHARE + 1) + 2 * CHUNK;
    }

    /// Reads a body to its end.
    ///
    /// @param sender whose share the bytes count in
    /// @return the same bytes, which take memory until they are read or closed
    /// @throws BodyException if no buffer is free, or if `sent` refuses a byte
    InputStream receive(InputStream sent, String sender) throws IOException {
        Received received = new Received(sender);
        boolean complete = false;
        try {
            received.fill(sent);
            complete = true;
            return received;
        } finally {
            if (!complete) {
                received.close();
            }
        }
    }

    private byte[] chunk(String sender) throws BodyException {
        if (chunks.acquire(sender, WAIT_SECONDS)) {
            return new byte[CHUNK];
        }
        throw new BodyException.NoRoom("too many bodies are being received at once");
    }

    /// For one thread at a time.
    private final class Received extends InputStream {
        private final String sender;
        private final Deque<byte[]> filled = new ArrayDeque<>();
        private int lastLength;
        private int position;

        Received(String sender) {
            this.sender = sender;
        }

        private void fill(InputStream sent) throws IOException {
            int read = 0;
            while (read >= 0) {
                // The first byte of a chunk is waited for before memory is taken for it.
                int first = sent.read();
                if (first < 0) {
                    return;
                }
                byte[] chunk = chunk(sender);
                filled.addLast(chunk);
                chunk[0] = (byte) first;
                lastLength = 1;
                while (lastLength < CHUNK && read >= 0) {
                    read = sent.read(chunk, lastLength, CHUNK - lastLength);
                    lastLength += Math.max(read, 0);
                }
            }
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) {
            byte[] chunk = filled.peekFirst();
            if (chunk == null) {
                return -1;
            }
            int end = filled.size() == 1 ? lastLength : CHUNK;
            int copied = Math.min(length, end - position);
            System.arraycopy(chunk, position, into, from, copied);
            position += copied;
            if (position == end) {
                giveBackFirst();
            }
            return copied;
        }

        private void giveBackFirst() {
            filled.removeFirst();
            position = 0;
            chunks.release(sender);
        }

        @Override
        public void close() {
            while (!filled.isEmpty()) {
                giveBackFirst();
            }
        }
    }
}
