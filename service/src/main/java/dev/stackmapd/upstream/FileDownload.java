package dev.stackmapd.upstream;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.stackmapd.upstream.DebuginfodUpstreams.ClientContext;
import dev.stackmapd.upstream.DownloadSink.ContentCheck;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.ZipException;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.TruncatedChunkException;

/// Downloads one upstream's response to a sink, verifies it, and keeps it if no other upstream was
/// faster. For one thread, once.
final class FileDownload {
    private final ClientContext context;
    private final FileRequest request;
    private final Upstream upstream;
    private final Cancellation cancellation;
    private final Race race;

    FileDownload(ClientContext context, FileRequest request, Upstream upstream, Cancellation cancellation, Race race) {
        this.context = context;
        this.request = request;
        this.upstream = upstream;
        this.cancellation = cancellation;
        this.race = race;
    }

    /// Lets exactly one of the upstreams that have the file win.
    static final class Race {
        private final ReentrantLock lock = new ReentrantLock();
        private boolean won;

        /// Keeps the file, unless another was kept before or the thread was stopped; a file that cannot be kept
        /// leaves the race open.
        ///
        /// @return why it was not kept; empty if it was
        Optional<CallOutcome> keepFirst(DownloadSink sink, Cancellation cancellation) {
            lock.lock();
            try {
                Optional<CallOutcome> stopped = cancellation.settle();
                if (stopped.isPresent() || won) {
                    return Optional.of(stopped.orElse(new CallOutcome.Stopped(CallOutcome.StopReason.LOST)));
                }
                sink.keep();
                won = true;
                return Optional.empty();
            } catch (IOException e) {
                return Optional.of(CallOutcome.NotKept.of(e));
            } finally {
                lock.unlock();
            }
        }
    }

    CallOutcome deliver(ClassicHttpResponse response) {
        String coding = HttpAttempt.header(response, "Content-Encoding");
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return new CallOutcome.WrongContent("no body");
        }
        return switch (coding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" ->
                entity.getContentLength() > context.limits().maxBytes()
                        ? new CallOutcome.TooLarge(context.limits().maxBytes())
                        : take(response, entity, ResponseBody.ContentCoding.IDENTITY);
            case "gzip", "x-gzip" -> take(response, entity, ResponseBody.ContentCoding.GZIP);
            case "zstd" -> take(response, entity, ResponseBody.ContentCoding.ZSTD);
            default -> new CallOutcome.WrongContent("an unknown Content-Encoding");
        };
    }

    private CallOutcome take(ClassicHttpResponse response, HttpEntity entity, ResponseBody.ContentCoding coding) {
        DownloadSink sink;
        ResponseBody body;
        try {
            body = new ResponseBody(entity.getContent(), context.limits().maxBytes());
            sink = context.intake().open(request, upstream, HttpAttempt.header(response, "X-DEBUGINFOD-IMASIGNATURE"));
        } catch (IOException e) {
            return CallOutcome.NotKept.of(e);
        }
        boolean kept = false;
        try {
            Optional<CallOutcome> flaw = body.into(sink, coding)
                    .or(() -> shortfall(response, body.bytes()))
                    .or(() -> verify(sink))
                    .or(() -> race.keepFirst(sink, cancellation));
            kept = flaw.isEmpty();
            return flaw.orElseGet(() -> new CallOutcome.Fetched(body.bytes()));
        } finally {
            if (!kept) {
                cancellation.settle();
                sink.discard();
            }
        }
    }

    /// Checks the size that debuginfod servers report, because a body that ends with its connection may
    /// be truncated.
    private static Optional<CallOutcome> shortfall(ClassicHttpResponse response, long bytes) {
        String size = HttpAttempt.header(response, "X-DEBUGINFOD-SIZE").strip();
        return size.matches("[0-9]{1,18}") && Long.parseLong(size) > bytes
                ? Optional.of(new CallOutcome.Unreachable(CallOutcome.NetworkFailure.CUT_SHORT))
                : Optional.empty();
    }

    private static Optional<CallOutcome> verify(DownloadSink sink) {
        try {
            return ResponseBody.refusal(sink.verify());
        } catch (IOException e) {
            return Optional.of(CallOutcome.NotKept.of(e));
        }
    }

    /// Copies a response's body to a [DownloadSink] and counts its bytes. For one thread, once.
    static final class ResponseBody {
        private static final int BUFFER = 64 << 10;

        /// 8 MiB, the largest window that RFC 9659 allows in an HTTP content coding; it bounds the
        /// memory of the decoder.
        private static final int MAX_ZSTD_WINDOW_LOG = 23;

        private final InputStream wire;
        private final long maxBytes;
        private long bytes;

        /// @param wire never closed here
        ResponseBody(InputStream wire, long maxBytes) {
            this.wire = new Counted(wire, maxBytes);
            this.maxBytes = maxBytes;
        }

        /// Returns the number of bytes that were written to the sink, after decompression.
        long bytes() {
            return bytes;
        }

        /// @return why the body was not copied to its end; empty if it was
        Optional<CallOutcome> into(DownloadSink sink, ContentCoding coding) {
            try (InputStream plain = plain(coding)) {
                return copy(plain, sink);
            } catch (BeyondLimitException e) {
                return Optional.of(new CallOutcome.TooLarge(maxBytes));
            } catch (IOException e) {
                return Optional.of(failure(e, coding));
            }
        }

        private InputStream plain(ContentCoding coding) throws IOException {
            return switch (coding) {
                case IDENTITY -> wire;
                case GZIP -> new Gunzip(wire);
                case ZSTD -> new ZstdInputStreamNoFinalizer(wire).setLongMax(MAX_ZSTD_WINDOW_LOG);
            };
        }

        private Optional<CallOutcome> copy(InputStream plain, DownloadSink sink) throws IOException {
            byte[] buffer = new byte[BUFFER];
            for (int read = plain.read(buffer); read >= 0; read = plain.read(buffer)) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("stopped");
                }
                if (read > maxBytes - bytes) {
                    throw new BeyondLimitException();
                }
                bytes += read;
                Optional<CallOutcome> refused = write(sink, buffer, read);
                if (refused.isPresent()) {
                    return refused;
                }
            }
            return Optional.empty();
        }

        private static Optional<CallOutcome> write(DownloadSink sink, byte[] buffer, int length) {
            try {
                return refusal(sink.write(buffer, length));
            } catch (IOException e) {
                return Optional.of(CallOutcome.NotKept.of(e));
            }
        }

        static Optional<CallOutcome> refusal(ContentCheck verdict) {
            return switch (verdict) {
                case ContentCheck.Accepted good -> Optional.empty();
                case ContentCheck.Rejected(String detail) -> Optional.of(new CallOutcome.WrongContent(detail));
            };
        }

        private static CallOutcome failure(IOException e, ContentCoding coding) {
            return switch (e) {
                case SocketTimeoutException slow -> new CallOutcome.TimedOut(CallOutcome.TimeoutPhase.BODY);
                case ConnectionClosedException cut -> new CallOutcome.Unreachable(CallOutcome.NetworkFailure.CUT_SHORT);
                case TruncatedChunkException cut -> new CallOutcome.Unreachable(CallOutcome.NetworkFailure.CUT_SHORT);
                case MalformedChunkCodingException chunk ->
                    new CallOutcome.Unreachable(CallOutcome.NetworkFailure.PROTOCOL);
                case ZipException damaged -> new CallOutcome.WrongContent("damaged gzip");
                case ZstdIOException damaged -> new CallOutcome.WrongContent("damaged zstd");
                case EOFException end
                when coding == ContentCoding.GZIP -> new CallOutcome.WrongContent("gzip that ends early");
                default -> new CallOutcome.Unreachable(CallOutcome.NetworkFailure.RESET);
            };
        }

        /// The content coding of the body (RFC 9110, 8.4.1).
        enum ContentCoding {
            IDENTITY,
            GZIP,
            ZSTD
        }

        private static final class BeyondLimitException extends IOException {}

        /// Bounds the compressed bytes that are read: a gzip stream can be endless and decompress to
        /// nothing.
        private static final class Counted extends FilterInputStream {
            private long left;

            Counted(InputStream in, long maxBytes) {
                super(in);
                this.left = maxBytes;
            }

            @Override
            public int read() throws IOException {
                int read = in.read();
                count(read < 0 ? 0 : 1);
                return read;
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                int read = in.read(into, from, length);
                count(Math.max(read, 0));
                return read;
            }

            private void count(int read) throws IOException {
                left -= read;
                if (left < 0) {
                    throw new BeyondLimitException();
                }
            }

            /// Does nothing: closing the response closes the connection, and closing its stream would
            /// first read it to the end.
            @Override
            public void close() {}
        }
    }
}
