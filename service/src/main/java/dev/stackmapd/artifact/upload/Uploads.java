package dev.stackmapd.artifact.upload;

import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.HeldArtifact;
import dev.stackmapd.artifact.disk.IncomingFile;
import dev.stackmapd.artifact.disk.ReceiveResult;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.request.SenderShares;
import dev.stackmapd.upstream.DebuginfodUpstreams;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.Optional;

/// Takes files that clients send, whole or in pieces. Thread-safe.
///
/// What was cut off is kept for a while ([ParkedUploads]) if its sender said which bytes the whole would be,
/// so that pieces of another file cannot get into it.
public final class Uploads implements AutoCloseable {
    private static final int MAX_AT_ONCE = 32;
    private static final int MAX_WAIT_SECONDS = 10;

    private final ArtifactStore store;
    private final DebuginfodUpstreams upstreams;
    private final Artifacts artifacts;
    private final MeterRegistry registry;
    private final SenderShares places = new SenderShares(MAX_AT_ONCE, 1);
    private final ParkedUploads parked;

    /// @param quota bytes that all files of the store may take
    public Uploads(
            ArtifactStore store,
            long quota,
            DebuginfodUpstreams upstreams,
            Artifacts artifacts,
            MeterRegistry registry) {
        this.registry = registry;
        this.parked = new ParkedUploads(ParkedUploads.Limits.within(quota));
        store.goFirst(parked);
        this.store = store;
        this.upstreams = upstreams;
        this.artifacts = artifacts;
    }

    /// What pieces belong to.
    ///
    /// @param buildId in the form that look-ups compare ([BuildId#unpadded])
    /// @param sha256 of the whole file, 64 lower-case hex digits
    /// @param length of the whole file, bytes
    record UploadKey(BuildId buildId, ArtifactKind kind, String sha256, long length) {
        UploadKey {
            buildId = buildId.unpadded();
        }
    }

    /// Returns a place for one upload, which is held while its body comes, because what decompresses it takes memory
    /// as long; empty where there is none for the sender within ten seconds.
    Optional<AutoCloseable> enter(Sender sender) {
        String share = SenderShares.sender(sender.address());
        return places.acquire(share, MAX_WAIT_SECONDS) ? Optional.of(() -> places.release(share)) : Optional.empty();
    }

    /// Returns the file that is held with these very bytes, if they are still on the disk.
    Optional<HeldArtifact> held(BuildId buildId, ArtifactKind kind, String sha256) {
        return artifacts.sound(buildId, kind).filter(file -> file.sha256().equals(sha256));
    }

    /// Begins a file of unknown length.
    IncomingFile begin(BuildId buildId, ArtifactKind kind, Sender sender) throws IOException {
        return store.receive(buildId, kind, sender.origin());
    }

    IncomingFile begin(BuildId buildId, ArtifactKind kind, Sender sender, long length) throws IOException {
        return store.receive(buildId, kind, sender.origin(), length);
    }

    /// Uploads that were cut off.
    ParkedUploads parked() {
        return parked;
    }

    /// Commits a file that has come whole, and has symbols of its build-id looked up in it from now on.
    ReceiveResult finish(BuildId buildId, ArtifactKind kind, IncomingFile incoming, Sender sender) throws IOException {
        String sha256 = incoming.sha256SoFar();
        ReceiveResult result = incoming.finish();
        registry.counter("stackmapd.uploads", "result", label(result)).increment();
        if (isTaken(result)) {
            AuditLog.uploaded(buildId, kind, sha256, incoming.received(), label(result), sender);
        }
        if (isKept(result)) {
            upstreams.forget(buildId);
            artifacts.changed(buildId);
        }
        return result;
    }

    private static boolean isKept(ReceiveResult result) {
        return result instanceof ReceiveResult.Stored
                || result instanceof ReceiveResult.Replaced
                || result instanceof ReceiveResult.Overruled;
    }

    /// A refused upload is a client error, of which the log has a bounded number of lines.
    private static boolean isTaken(ReceiveResult result) {
        return isKept(result) || result instanceof ReceiveResult.AlreadyThere || result instanceof ReceiveResult.Worse;
    }

    private static String label(ReceiveResult result) {
        return switch (result) {
            case ReceiveResult.Stored stored -> "stored";
            case ReceiveResult.Replaced replaced -> "replaced";
            case ReceiveResult.AlreadyThere there -> "already_held";
            case ReceiveResult.Worse worse -> "kept_better";
            case ReceiveResult.Contradicts contradicts -> "conflicting";
            case ReceiveResult.Overruled overruled -> "overruled";
            case ReceiveResult.NoSpace none -> "no_room";
            case ReceiveResult.WrongBuildId wrong -> "wrong_build_id";
            case ReceiveResult.NoBuildId none -> "no_build_id";
            case ReceiveResult.WrongKind wrong -> "wrong_kind";
            case ReceiveResult.NotElf not -> "not_elf";
            case ReceiveResult.Damaged damaged -> "damaged";
            case ReceiveResult.Truncated cut -> "truncated";
            case ReceiveResult.TooLarge large -> "too_large";
        };
    }

    @Override
    public void close() {
        parked.close();
    }
}
