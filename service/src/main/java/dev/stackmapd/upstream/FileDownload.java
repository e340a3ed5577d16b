package dev.stackmapd.upstream;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;

/// Takes one upstream's file, and enters it into the race with the others.
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

    /// Of several upstreams that have the file, one wins.
    static final class Race {
        private final ReentrantLock line = new ReentrantLock();
        private boolean won;

        /// Keeps the file, unless another was kept before or the thread was stopped; a file that cannot be kept
        /// leaves the race open.
        ///
        /// @return why it was not kept; empty if it was
        Optional<CallOutcome> keepFirst(DownloadSink sink, Cancellation cancellation) {
            line.lock();
            try {
                Optional<CallOutcome> stopped = cancellation.settle();
                if (stopped.isPresent() || won) {
                    return Optional.of(stopped.orElse(new CallOutcome.Stopped(CallOutcome.StopReason.LOST)));
                }
                sink.keep();
                won = true;
                return Optional.empty();
            } catch (IOException e) {
                return Optional.of(LocalFailure.outcome(e));
            } finally {
                line.unlock();
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
            return LocalFailure.outcome(e);
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

    /// A body that ends with its connection may have been cut; debuginfod servers also say the file's size.
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
            return Optional.of(LocalFailure.outcome(e));
        }
    }
}
