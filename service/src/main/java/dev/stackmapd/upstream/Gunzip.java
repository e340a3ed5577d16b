package dev.stackmapd.upstream;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Inflates gzip that a stranger sends, piece by piece, over a network. For one thread.
public final class Gunzip extends GZIPInputStream {
    private static final int BUFFER = 64 << 10;
    private static final int MAX_EMPTY_MEMBERS = 100;

    private int calls;

    /// @throws IOException where no gzip header stands there
    public Gunzip(InputStream in) throws IOException {
        super(new Unpausing(in), BUFFER);
    }

    /// The JDK's stream calls itself once for each member that is empty, until the stack overflows.
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

    /// The JDK's stream takes a pause between two members for the end of them.
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
