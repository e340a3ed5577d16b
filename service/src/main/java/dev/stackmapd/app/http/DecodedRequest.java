package dev.stackmapd.app.http;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.stackmapd.app.http.BodyException.TooLarge;
import dev.stackmapd.app.http.BodyException.Undecodable;
import dev.stackmapd.upstream.Gunzip;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A request as handlers see it: never compressed, and with a body that is counted before and after decompression while
/// it is read. A body that is too large is noticed at its first byte over the limit, whatever it claims to be, so that
/// a small body that inflates without end costs no more than the limit; one that comes too slowly is given up.
///
/// Read by one thread at a time.
final class DecodedRequest extends HttpServletRequestWrapper {
    /// 8 MiB, what level 19 uses; memory that a sender can make us take.
    private static final int MAX_ZSTD_WINDOW_LOG = 23;

    /// What is said of the bytes as they are sent, which handlers do not see: a `Repr-Digest` is of the encoded
    /// ones (RFC 9530, 3).
    private static final Set<String> HIDDEN = Set.of("content-encoding", "content-length", "repr-digest");

    private final String encoding;
    private BodyLimits limits = BodyLimits.MESSAGE;
    private @Nullable InputStream received;
    private @Nullable ServletInputStream body;

    /// @param encoding `identity`, `gzip`, `x-gzip` or `zstd`
    DecodedRequest(HttpServletRequest request, String encoding) {
        super(request);
        this.encoding = encoding;
    }

    /// Sets the limits of the operation that will read the body; to be called before anything is read.
    void limit(BodyLimits ofOperation) {
        limits = ofOperation;
    }

    /// Reads the whole body into memory, as it is sent. What is not read from there by then is given back by
    /// [#release].
    void receive(BodyBuffers buffers, String sender) throws IOException {
        received = buffers.receive(sent(), sender);
    }

    void release() throws IOException {
        if (received != null) {
            received.close();
        }
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        if (body == null) {
            InputStream sent = received == null ? sent() : received;
            body = new DecodedStream(
                    encoding.equals("identity")
                            ? sent
                            : new Counted(new Inflating(sent, encoding), limits.maxDecoded(), "after decompression"));
        }
        return body;
    }

    private InputStream sent() throws IOException {
        UnreadBodyFilter.markBegun(getRequest());
        return new Counted(
                new PacedStream(getRequest().getInputStream(), limits.maxTime()), limits.maxEncoded(), "as sent");
    }

    @Override
    public BufferedReader getReader() throws IOException {
        return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
    }

    @Override
    public @Nullable String getHeader(String name) {
        return hidden(name) ? null : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return hidden(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }

    @Override
    public int getContentLength() {
        return encoding.equals("identity") ? super.getContentLength() : -1;
    }

    @Override
    public long getContentLengthLong() {
        return encoding.equals("identity") ? super.getContentLengthLong() : -1;
    }

    private boolean hidden(String name) {
        return !encoding.equals("identity") && HIDDEN.contains(name.toLowerCase(Locale.ROOT));
    }

    /// Refuses the first byte over the limit.
    private static final class Counted extends FilterInputStream {
        private final long limit;
        private final String which;
        private long count;

        Counted(InputStream in, long limit, String which) {
            super(in);
            this.limit = limit;
            this.which = which;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            add(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int n = in.read(into, from, length);
            add(Math.max(n, 0));
            return n;
        }

        private void add(int n) throws IOException {
            count += n;
            if (count > limit) {
                throw new TooLarge("the body is larger than %d bytes %s".formatted(limit, which));
            }
        }
    }

    /// Tells bytes that do not decompress from a connection that broke.
    private static final class Inflating extends InputStream {
        private final InputStream sent;
        private final String encoding;
        private @Nullable InputStream inflated;

        Inflating(InputStream sent, String encoding) {
            this.sent = sent;
            this.encoding = encoding;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            try {
                return inflated().read(into, from, length);
            } catch (BodyException e) {
                throw e;
            } catch (IOException e) {
                throw new Undecodable("the body is not valid %s: %s".formatted(encoding, e.getMessage()), e);
            }
        }

        @Override
        public void close() throws IOException {
            if (inflated != null) {
                inflated.close();
            }
        }

        private InputStream inflated() throws IOException {
            if (inflated == null) {
                inflated = encoding.equals("zstd")
                        ? new ZstdInputStreamNoFinalizer(sent).setLongMax(MAX_ZSTD_WINDOW_LOG)
                        : new Gunzip(sent);
            }
            return inflated;
        }
    }

    private static final class DecodedStream extends ServletInputStream {
        private final InputStream in;
        private boolean finished;

        DecodedStream(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            finished |= b < 0;
            return b;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int n = in.read(into, from, length);
            finished |= n < 0;
            return n;
        }

        @Override
        public boolean isFinished() {
            return finished;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException("bodies are read blocking, on virtual threads");
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
