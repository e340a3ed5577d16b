package dev.stackmapd.upstream;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;

/// Takes one upstream's file, and enters it into the race with the others.
final class Delivery {
    private final Surroundings around;
    private final Wanted wanted;
    private final Upstream upstream;
    private final Watch watch;
    private final Race race;

    Delivery(Surroundings around, Wanted wanted, Upstream upstream, Watch watch, Race race) {
        this.around = around;
        this.wanted = wanted;
        this.upstream = upstream;
        this.watch = watch;
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
        Optional<Outcome> enter(Sink sink, Watch watch) {
            line.lock();
            try {
                Optional<Outcome> stopped = watch.settle();
                if (stopped.isPresent() || won) {
                    return Optional.of(stopped.orElse(new Outcome.Stopped(Outcome.Cause.LOST)));
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

    Outcome deliver(ClassicHttpResponse response) {
        String coding = Attempt.header(response, "Content-Encoding");
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return new Outcome.WrongContent("no body");
        }
        return switch (coding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" ->
                entity.getContentLength() > around.limits().maxBytes()
                        ? new Outcome.TooLarge(around.limits().maxBytes())
                        : take(response, entity, Body.Coding.IDENTITY);
            case "gzip", "x-gzip" -> take(response, entity, Body.Coding.GZIP);
            case "zstd" -> take(response, entity, Body.Coding.ZSTD);
            default -> new Outcome.WrongContent("an unknown Content-Encoding");
        };
    }

    private Outcome take(ClassicHttpResponse response, HttpEntity entity, Body.Coding coding) {
        Sink sink;
        Body body;
        try {
            body = new Body(entity.getContent(), around.limits().maxBytes());
            sink = around.intake().open(wanted, upstream, Attempt.header(response, "X-DEBUGINFOD-IMASIGNATURE"));
        } catch (IOException e) {
            return LocalFailure.outcome(e);
        }
        boolean kept = false;
        try {
            Optional<Outcome> flaw = body.into(sink, coding)
                    .or(() -> shortfall(response, body.bytes()))
                    .or(() -> verify(sink))
                    .or(() -> race.enter(sink, watch));
            kept = flaw.isEmpty();
            return flaw.orElseGet(() -> new Outcome.Fetched(body.bytes()));
        } finally {
            if (!kept) {
                watch.settle();
                sink.discard();
            }
        }
    }

    /// A body that ends with its connection may have been cut; debuginfod servers also say the file's size.
    private static Optional<Outcome> shortfall(ClassicHttpResponse response, long bytes) {
        String size = Attempt.header(response, "X-DEBUGINFOD-SIZE").strip();
        return size.matches("[0-9]{1,18}") && Long.parseLong(size) > bytes
                ? Optional.of(new Outcome.Unreachable(Outcome.Failure.CUT_SHORT))
                : Optional.empty();
    }

    private static Optional<Outcome> verify(Sink sink) {
        try {
            return Body.refusal(sink.verify());
        } catch (IOException e) {
            return Optional.of(LocalFailure.outcome(e));
        }
    }
}
