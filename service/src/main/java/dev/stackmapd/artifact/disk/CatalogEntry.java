package dev.stackmapd.artifact.disk;

import dev.stackmapd.artifact.disk.ArtifactRecord.Replaceability;
import dev.stackmapd.artifact.disk.ArtifactRecord.Verification;
import dev.stackmapd.artifact.disk.Origin.Trust;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;

/// One stored file and those who read it. Its bytes stay on disk, and count, until it is retired and the last reader
/// has gone. Thread-safe.
final class CatalogEntry {
    private final ContentName content;
    private HeldArtifact artifact;
    private Replaceability replaceability;
    private Verification verified;
    private Instant written;
    private int readers;
    private boolean retired;
    private boolean damaged;
    private final ReentrantLock comparison = new ReentrantLock();

    CatalogEntry(ArtifactRecord record) {
        this.content = record.content();
        this.artifact = record.artifact();
        this.replaceability = record.replaceability();
        this.verified = record.verified();
        this.written = record.artifact().used();
    }

    /// Unchanging.
    ContentName content() {
        return content;
    }

    synchronized HeldArtifact artifact() {
        return artifact;
    }

    synchronized ArtifactRecord record() {
        return new ArtifactRecord(artifact, content, replaceability, verified);
    }

    /// Bytes charged for it. Unchanging.
    synchronized long cost() {
        return artifact.size() + DiskBudget.OVERHEAD;
    }

    synchronized Replaceability replaceability() {
        return replaceability;
    }

    /// Notes that the same bytes came from somewhere else too. The more trusted origin stays: who sends once
    /// more what an upstream gave must not make it count less.
    ///
    /// @return true if that changes anything
    synchronized boolean from(Origin origin) {
        Replaceability before = replaceability;
        replaceability = replaceability.and(Replaceability.of(origin));
        boolean raised = Trust.of(origin).outranks(artifact.trust());
        if (raised) {
            artifact = artifact.from(origin);
        }
        return raised || replaceability != before;
    }

    synchronized Verification verified() {
        return verified;
    }

    /// The bytes of the file in this state have the digest.
    synchronized void verified(Verification now) {
        verified = now;
    }

    /// Held while the bytes are compared with their digest, so that others that open the file wait for the
    /// result.
    ReentrantLock comparison() {
        return comparison;
    }

    /// The bytes proved not to be those that came.
    synchronized void damaged() {
        damaged = true;
    }

    synchronized boolean isDamaged() {
        return damaged;
    }

    /// One reader more; false where it is retired.
    synchronized boolean enter(Instant now) {
        if (retired) {
            return false;
        }
        readers++;
        artifact = artifact.usedAt(now);
        return true;
    }

    /// Whether nobody needs the bytes any more.
    synchronized boolean leave() {
        readers--;
        return retired && readers == 0;
    }

    /// Whether nobody needs the bytes any more. To be called once.
    synchronized boolean retire() {
        retired = true;
        return readers == 0;
    }

    /// Retires it unless somebody reads; whether it is retired by this call.
    synchronized boolean retireIfIdle() {
        boolean idle = readers == 0 && !retired;
        retired |= idle;
        return idle;
    }

    /// Takes [#retireIfIdle] back.
    synchronized void revive() {
        retired = false;
    }

    synchronized boolean inUse() {
        return readers > 0;
    }

    /// Whether the last use that was written down is so long ago, and another one has come.
    synchronized boolean isStale(Duration interval) {
        return Duration.between(written, artifact.used()).compareTo(interval) > 0;
    }

    synchronized void recordWritten(HeldArtifact state) {
        written = state.used();
    }
}
