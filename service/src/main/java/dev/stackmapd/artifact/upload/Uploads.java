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
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.Optional;

/// Receives files that clients send, whole or in pieces. Thread-safe.
///
/// An interrupted upload is kept for a while ([ParkedUploads]) if its sender gave the digest of the
/// whole file, so that pieces of another file cannot be mixed in.
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

    /// The key of an upload in pieces.
    ///
    /// @param buildId in the form that look-ups compare ([BuildId#unpadded])
    /// @param sha256 of the whole file, 64 lower-case hex digits
    /// @param length of the whole file, bytes
    record UploadKey(BuildId buildId, ArtifactKind kind, String sha256, long length) {
        UploadKey {
            buildId = buildId.unpadded();
        }
    }

    /// Acquires one of the places for concurrent uploads, which bound the memory for decompression;
    /// blocks for up to ten seconds. The caller closes it after the body; empty if the sender got no
    /// place.
    Optional<AutoCloseable> enter(Sender sender) {
        String share = SenderShares.sender(sender.address());
        return places.acquire(share, MAX_WAIT_SECONDS) ? Optional.of(() -> places.release(share)) : Optional.empty();
    }

    /// Returns the held file with this digest, if its bytes are still on the disk.
    Optional<HeldArtifact> held(BuildId buildId, ArtifactKind kind, String sha256) {
        return artifacts.sound(buildId, kind).filter(file -> file.sha256().equals(sha256));
    }

    /// Starts to receive a file of unknown length.
    IncomingFile begin(BuildId buildId, ArtifactKind kind, Sender sender) throws IOException {
        return store.receive(buildId, kind, sender.origin());
    }

    IncomingFile begin(BuildId buildId, ArtifactKind kind, Sender sender, long length) throws IOException {
        return store.receive(buildId, kind, sender.origin(), length);
    }

    /// Returns the interrupted uploads.
    ParkedUploads parked() {
        return parked;
    }

    /// Commits a complete upload and invalidates cached symbols and upstream answers for its build-id.
    ReceiveResult finish(BuildId buildId, ArtifactKind kind, IncomingFile incoming, Sender sender) throws IOException {
        String sha256 = incoming.sha256SoFar();
        ReceiveResult result = incoming.finish();
        Counter.builder("stackmapd.uploads")
                .description("Uploads, by their result")
                .tag("result", label(result))
                .register(registry)
                .increment();
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

    /// Returns true if the upload is written to the audit log. A refused upload is a client error, which
    /// is logged elsewhere with a bounded number of lines.
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
