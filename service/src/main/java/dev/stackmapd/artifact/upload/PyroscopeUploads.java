package dev.stackmapd.artifact.upload;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.artifact.upload.ConnectMessages.FileType;
import dev.stackmapd.elfcore.elf.BuildId;
import java.time.Duration;
import java.util.Optional;

/// The state of uploads by the three-call protocol. Thread-safe.
public final class PyroscopeUploads {
    private static final int MAX_PENDING = 100_000;
    private static final Duration STALE_AFTER = Duration.ofMinutes(7);

    private final Artifacts artifacts;

    /// By build-id in the form that look-ups compare ([BuildId#unpadded]).
    private final Cache<BuildId, Pending> pending = Caffeine.newBuilder()
            .maximumSize(MAX_PENDING)
            .expireAfterWrite(STALE_AFTER)
            .build();

    public PyroscopeUploads(Artifacts artifacts) {
        this.artifacts = artifacts;
    }

    /// @param state its state
    record Pending(ArtifactKind kind, UploadState state) {}

    enum UploadState {
        ASKED_FOR,
        UPLOADED
    }

    /// The reason in the response. Agents compare these texts.
    enum Decision {
        WANTED("First time we see this Build ID, therefore please upload!"),
        UNDER_WAY("A previous upload is still in-progress and not stale yet (only stale uploads can be retried)."),
        HELD("Debuginfo already exists and is not marked as invalid, therefore no new upload is needed.");

        private final String reason;

        Decision(String reason) {
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    Decision offer(BuildId buildId, FileType type) {
        ArtifactKind kind = type == FileType.EXECUTABLE_NO_TEXT ? ArtifactKind.DEBUGINFO : ArtifactKind.EXECUTABLE;
        if (artifacts.sound(buildId, kind).isPresent()) {
            return Decision.HELD;
        }
        Pending before = pending.asMap().putIfAbsent(buildId.unpadded(), new Pending(kind, UploadState.ASKED_FOR));
        return before == null ? Decision.WANTED : Decision.UNDER_WAY;
    }

    /// Returns the kind of the file that was requested; empty if none was.
    Optional<ArtifactKind> asked(BuildId buildId) {
        return Optional.ofNullable(pending.getIfPresent(buildId.unpadded())).map(Pending::kind);
    }

    void uploaded(BuildId buildId) {
        pending.asMap()
                .computeIfPresent(buildId.unpadded(), (id, was) -> new Pending(was.kind(), UploadState.UPLOADED));
    }

    /// Records that the file was refused, so that another one may be offered at once.
    void refused(BuildId buildId) {
        pending.invalidate(buildId.unpadded());
    }

    /// Ends an upload; returns true if its file was received.
    boolean finish(BuildId buildId) {
        BuildId key = buildId.unpadded();
        Pending was = pending.getIfPresent(key);
        if (was == null || was.state() != UploadState.UPLOADED) {
            return false;
        }
        pending.invalidate(key);
        return true;
    }
}
