package dev.stackmapd.app;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.stackmapd.app.BodyException.TooLarge;
import dev.stackmapd.app.BodyException.TooSlow;
import dev.stackmapd.app.BodyException.Undecodable;
import dev.stackmapd.artifact.PyroscopeController;
import dev.stackmapd.artifact.upstream.Gunzip;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.filter.OncePerRequestFilter;

/// Decompresses request bodies and counts them, before and after, while they are read: a body that is too large is
/// noticed at its first byte over the limit, whatever it claims to be (safety: a bomb costs at most the limit),
/// and one that drips in holds its place among the batches for a limited time.
final class BodyDecodingFilter extends OncePerRequestFilter {
    private static final int MAX_ZSTD_WINDOW_LOG =
            23; // 8 MiB, what level 19 uses; memory that a sender can make us take
    /// What is said of the bytes as they are sent, which handlers do not see: a `Repr-Digest` is of the encoded
    /// ones (RFC 9530, 3).
    private static final Set<String> HIDDEN = Set.of("content-encoding", "content-length", "repr-digest");

    private final BodyLimits limits;
    private final BodyLimits uploads;
    private final ProblemWriter problems;

    /// @param uploads limits of requests that bring a file
    BodyDecodingFilter(BodyLimits limits, BodyLimits uploads, ProblemWriter problems) {
        this.limits = limits;
        this.uploads = uploads;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String encoding = encoding(request);
        switch (encoding) {
            case "identity", "gzip", "x-gzip", "zstd" ->
                chain.doFilter(new Decoded(request, encoding, isUpload(request) ? uploads : limits), response);
            default -> {
                response.setHeader(HttpHeaders.ACCEPT_ENCODING, "gzip, zstd");
                problems.write(
                        response,
                        ProblemDetail.forStatusAndDetail(
                                HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                                "Content-Encoding must be gzip, zstd or identity, one of them once"));
            }
        }
    }

    private static boolean isUpload(HttpServletRequest request) {
        String path = request.getRequestURI();
        return (request.getMethod().equals("PUT") && path.startsWith("/v1/binaries/"))
                || (request.getMethod().equals("POST") && path.startsWith(PyroscopeController.UPLOAD + "/"));
    }

    private static String encoding(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        return header == null || header.isBlank() ? "identity" : header.strip().toLowerCase(Locale.ROOT);
    }

    /// The request as handlers see it: never compressed.
    private static final class Decoded extends HttpServletRequestWrapper {
        private final String encoding;
        private final BodyLimits limits;
        private @Nullable ServletInputStream body;

        Decoded(HttpServletRequest request, String encoding, BodyLimits limits) {
            super(request);
            this.encoding = encoding;
            this.limits = limits;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (body == null) {
                InputStream sent = new Counted(
                        new Timed(getRequest().getInputStream(), limits.maxTime()), limits.maxEncoded(), "as sent");
                body = new DecodedStream(
                        encoding.equals("identity")
                                ? sent
                                : new Counted(
                                        new Inflating(sent, encoding), limits.maxDecoded(), "after decompression"));
            }
            return body;
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
    }

    /// Refuses bytes that come too late. A connection on which nothing comes is ended by the server's own timeout.
    private static final class Timed extends FilterInputStream {
        private final Duration limit;
        private final long start = System.nanoTime();

        Timed(InputStream in, Duration limit) {
            super(in);
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            check();
            return b;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int n = in.read(into, from, length);
            check();
            return n;
        }

        private void check() throws IOException {
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new TooSlow("the body took longer than %d s to come".formatted(limit.toSeconds()));
            }
        }
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
