package dev.stackmapd.artifact;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Scheduler;
import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.HeldArtifact;
import dev.stackmapd.artifact.disk.Incoming;
import dev.stackmapd.artifact.disk.Origin;
import dev.stackmapd.artifact.disk.Reception;
import dev.stackmapd.artifact.upstream.DebuginfodUpstreams;
import dev.stackmapd.elfcore.elf.BuildId;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes files that clients send, whole or in pieces. Thread-safe.
///
/// What was cut off is kept for ten minutes if its sender said which bytes the whole would be, so that nobody else's
/// pieces can get into it.
public final class Uploads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);

    private static final int MAX_AT_ONCE = 32;
    private static final int MAX_WAIT_SECONDS = 10;
    private static final int MAX_PARKED = 64;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final ArtifactStore store;
    private final DebuginfodUpstreams upstreams;
    private final Artifacts artifacts;
    private final MeterRegistry registry;
    private final Semaphore places = new Semaphore(MAX_AT_ONCE, true);
    private final Cache<Part, Incoming> parked = Caffeine.newBuilder()
            .maximumSize(MAX_PARKED)
            .expireAfterWrite(PATIENCE)
            .scheduler(Scheduler.systemScheduler())
            .executor(Runnable::run)
            .<Part, Incoming>removalListener((part, incoming, cause) -> {
                if (incoming != null && cause.wasEvicted()) {
                    giveUp(incoming);
                }
            })
            .build();

    public Uploads(ArtifactStore store, DebuginfodUpstreams upstreams, Artifacts artifacts, MeterRegistry registry) {
        this.registry = registry;
        this.store = store;
        this.upstreams = upstreams;
        this.artifacts = artifacts;
    }

    /// What pieces belong to.
    ///
    /// @param buildId in the form that look-ups compare ([BuildId#unpadded])
    /// @param sha256 of the whole file, 64 lower-case hex digits
    /// @param length of the whole file, bytes
    record Part(BuildId buildId, ArtifactKind kind, String sha256, long length) {
        Part {
            buildId = buildId.unpadded();
        }
    }

    /// A place for one upload; empty where there is none for ten seconds.
    Optional<AutoCloseable> enter() throws InterruptedException {
        return places.tryAcquire(MAX_WAIT_SECONDS, TimeUnit.SECONDS) ? Optional.of(places::release) : Optional.empty();
    }

    /// The file that is held with these very bytes.
    Optional<HeldArtifact> held(BuildId buildId, ArtifactKind kind, String sha256) {
        return store.held(buildId).stream()
                .filter(file -> file.kind() == kind && file.sha256().equals(sha256))
                .findFirst();
    }

    /// Begins a file of unknown length.
    ///
    /// @param sender address, for the record
    Incoming begin(BuildId buildId, ArtifactKind kind, String sender) throws IOException {
        return store.receive(buildId, kind, new Origin.Upload(sender));
    }

    Incoming begin(BuildId buildId, ArtifactKind kind, String sender, long length) throws IOException {
        return store.receive(buildId, kind, new Origin.Upload(sender), length);
    }

    /// Puts by what has come of a file so far. Of two that were sent at once the later stays.
    void park(Part part, Incoming incoming) {
        incoming.pause();
        Incoming before = parked.asMap().put(part, incoming);
        if (before != null) {
            giveUp(before);
        }
    }

    /// Takes up what was put by; it is the caller's then.
    Optional<Incoming> resume(Part part) {
        return Optional.ofNullable(parked.asMap().remove(part));
    }

    /// Bytes that were put by.
    Optional<Long> received(BuildId buildId, ArtifactKind kind, String sha256) {
        return parked.asMap().entrySet().stream()
                .filter(entry -> entry.getKey().buildId().matches(buildId)
                        && entry.getKey().kind() == kind
                        && entry.getKey().sha256().equals(sha256))
                .map(entry -> entry.getValue().received())
                .findFirst();
    }

    /// Ends a file that has come whole. What is named by it is named anew from now on.
    Reception finish(BuildId buildId, Incoming incoming) throws IOException {
        Reception reception = incoming.finish();
        registry.counter("stackmapd.uploads", "result", label(reception)).increment();
        if (isKept(reception)) {
            upstreams.forget(buildId);
            artifacts.changed(buildId);
        }
        return reception;
    }

    private static boolean isKept(Reception reception) {
        return reception instanceof Reception.Stored
                || reception instanceof Reception.Replaced
                || reception instanceof Reception.Overruled;
    }

    private static String label(Reception reception) {
        return switch (reception) {
            case Reception.Stored stored -> "stored";
            case Reception.Replaced replaced -> "replaced";
            case Reception.AlreadyThere there -> "already_held";
            case Reception.Worse worse -> "kept_better";
            case Reception.Contradicts contradicts -> "conflicting";
            case Reception.Overruled overruled -> "overruled";
            case Reception.NoRoom none -> "no_room";
            case Reception.WrongBuildId wrong -> "wrong_build_id";
            case Reception.NoBuildId none -> "no_build_id";
            case Reception.WrongKind wrong -> "wrong_kind";
            case Reception.NotElf not -> "not_elf";
            case Reception.Damaged damaged -> "damaged";
            case Reception.Truncated cut -> "truncated";
            case Reception.TooLarge large -> "too_large";
        };
    }

    private static void giveUp(Incoming incoming) {
        try {
            incoming.close();
        } catch (IOException e) {
            LOG.warn("what is left of an upload goes at the next start", e);
        }
    }

    @Override
    public void close() {
        parked.asMap().values().forEach(Uploads::giveUp);
        parked.asMap().clear();
    }
}
