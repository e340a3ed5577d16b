package dev.stackmapd.app;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Memory for request bodies between their arrival and their turn, as they were sent.
///
/// A body is received whole before anything is done with it, so that a slow sender holds nothing but the bytes that it
/// has sent. All bodies together are bounded; a body that finds no room waits for ten seconds. Thread-safe.
final class BodyBuffers {
    private static final int CHUNK = 16 << 10;
    private static final int WAIT_SECONDS = 10;

    private final Semaphore chunks;

    /// @param maxBytes for all bodies together; at least one chunk of 16 KiB
    BodyBuffers(long maxBytes) {
        this.chunks = new Semaphore((int) Math.min(maxBytes / CHUNK, Integer.MAX_VALUE), true);
    }

    /// Reads a body to its end.
    ///
    /// @return the same bytes, which take memory until they are read or closed
    /// @throws BodyException where there is no room, or where `sent` refuses a byte
    InputStream receive(InputStream sent) throws IOException {
        Received received = new Received();
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

    private byte[] chunk() throws BodyException {
        try {
            if (chunks.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                return new byte[CHUNK];
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new BodyException.NoRoom("too many bodies are being received at once");
    }

    /// For one thread at a time.
    private final class Received extends InputStream {
        private final Deque<byte[]> filled = new ArrayDeque<>();
        private int lastLength;
        private int position;

        private void fill(InputStream sent) throws IOException {
            int read = 0;
            while (read >= 0) {
                // The first byte of a chunk is waited for before memory is taken for it.
                int first = sent.read();
                if (first < 0) {
                    return;
                }
                byte[] chunk = chunk();
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
            chunks.release();
        }

        @Override
        public void close() {
            while (!filled.isEmpty()) {
                giveBackFirst();
            }
        }
    }
}
