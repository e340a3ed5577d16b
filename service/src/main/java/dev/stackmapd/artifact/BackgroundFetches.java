package dev.stackmapd.artifact;

import dev.stackmapd.artifact.Artifacts.FetchProspect;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.upstream.DebuginfodUpstreams;
import dev.stackmapd.upstream.FileRequest;
import dev.stackmapd.upstream.ForwardedHeaders;
import dev.stackmapd.upstream.PendingFetch;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fetches from upstreams that no request waits for, at most one for each file. Thread-safe.
final class BackgroundFetches {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundFetches.class);

    /// The limit of concurrent background fetches; beyond it, callers ask again later.
    private static final int MAX_BACKGROUND = 1_000;

    private final DebuginfodUpstreams upstreams;
    private final Consumer<BuildId> ended;
    private final Set<FileRequest> underWay = ConcurrentHashMap.newKeySet();

    /// @param ended called after each fetch, on its thread
    BackgroundFetches(DebuginfodUpstreams upstreams, Consumer<BuildId> ended) {
        this.upstreams = upstreams;
        this.ended = ended;
    }

    /// Starts a fetch, unless it is running already or upstreams have answered negatively lately. Does
    /// not block.
    FetchProspect start(FileRequest request) {
        if (underWay.size() >= MAX_BACKGROUND || !underWay.add(request)) {
            return FetchProspect.PENDING;
        }
        PendingFetch fetch = upstreams.join(request, ForwardedHeaders.OWN);
        if (isRefused(fetch)) {
            fetch.close();
            underWay.remove(request);
            return FetchProspect.NONE;
        }
        Thread.ofVirtual().name("want-" + request.buildId()).start(() -> await(request, fetch));
        return FetchProspect.PENDING;
    }

    /// Returns true if the fetch has ended without the file. A fetch that has ended already may also
    /// have stored the file.
    private static boolean isRefused(PendingFetch fetch) {
        try {
            return fetch.await(Duration.ZERO)
                    .filter(report -> report.winner().isEmpty())
                    .isPresent();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Waits for a fetch, logs its failure, and calls the listener in any case.
    private void await(FileRequest request, PendingFetch fetch) {
        try (fetch) {
            fetch.await();
        } catch (InterruptedException | RuntimeException e) {
            LOG.warn("the fetch of {} has failed", request, e);
        } finally {
            underWay.remove(request);
            ended.accept(request.buildId());
        }
    }
}
