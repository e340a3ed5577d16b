package dev.stackmapd.upstream;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Decompresses untrusted gzip that arrives over a network. For one thread.
public final class Gunzip extends GZIPInputStream {
    private static final int BUFFER = 64 << 10;
    private static final int MAX_EMPTY_MEMBERS = 100;

    private int calls;

    /// @throws IOException if the stream does not begin with a gzip header
    public Gunzip(InputStream in) throws IOException {
        super(new Unpausing(in), BUFFER);
    }

    /// Bounds the recursion of the JDK's stream, which calls itself for each empty member until the
    /// stack overflows.
    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        if (calls == MAX_EMPTY_MEMBERS) {
            throw new ZipException("empty members without end");
        }
        calls++;
        try {
            return super.read(into, from, length);
        } finally {
            calls--;
        }
    }

    /// Always reports available bytes, because the JDK's stream takes 0 between two members for the end
    /// of the stream.
    private static final class Unpausing extends FilterInputStream {
        Unpausing(InputStream in) {
            super(in);
        }

        @Override
        public int available() {
            return 1;
        }
    }
}
