package dev.stackmapd.artifact.disk;

import dev.stackmapd.artifact.disk.ArtifactRecord.Replaceability;
import dev.stackmapd.artifact.disk.ArtifactRecord.Verification;
import dev.stackmapd.artifact.disk.Origin.Trust;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;

/// One stored file with its count of readers. Its bytes stay on disk, and count against the quota, until
/// it is retired and the last reader has left. Thread-safe.
final class CatalogEntry {
    private final ContentName content;
    private HeldArtifact artifact;
    private Replaceability replaceability;
    private Verification verified;
    private Instant written;
    private final ReaderCount readers = new ReaderCount();
    private boolean damaged;
    private final ReentrantLock comparison = new ReentrantLock();

    CatalogEntry(ArtifactRecord record) {
        this.content = record.content();
        this.artifact = record.artifact();
        this.replaceability = record.replaceability();
        this.verified = record.verified();
        this.written = record.artifact().used();
    }

    /// Returns the name of the file, which never changes.
    ContentName content() {
        return content;
    }

    synchronized HeldArtifact artifact() {
        return artifact;
    }

    synchronized ArtifactRecord record() {
        return new ArtifactRecord(artifact, content, replaceability, verified);
    }

    /// Returns the bytes that the file counts against the quota, which never change.
    synchronized long cost() {
        return artifact.size() + DiskBudget.OVERHEAD;
    }

    synchronized Replaceability replaceability() {
        return replaceability;
    }

    /// Notes that the same bytes were received from another origin too. The more trusted origin is kept:
    /// an upload of the bytes that an upstream sent must not make them less trusted.
    ///
    /// @return true if this changed the entry
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

    /// Records that the bytes of the file in this state have their digest.
    synchronized void verified(Verification now) {
        verified = now;
    }

    /// Returns the lock that is held while the bytes are compared with their digest, so that other
    /// threads that open the file wait for the result.
    ReentrantLock comparison() {
        return comparison;
    }

    /// Marks the file as damaged: its bytes have changed.
    synchronized void damaged() {
        damaged = true;
    }

    synchronized boolean isDamaged() {
        return damaged;
    }

    /// Returns the count of leases. The file is deleted when the entry is retired and the last one is closed.
    ReaderCount readers() {
        return readers;
    }

    /// Adds a reader; returns false if the entry is retired.
    synchronized boolean enter(Instant now) {
        if (!readers.enter()) {
            return false;
        }
        artifact = artifact.usedAt(now);
        return true;
    }

    /// Returns true if the file was used more than `interval` after the last persisted use.
    synchronized boolean isStale(Duration interval) {
        return Duration.between(written, artifact.used()).compareTo(interval) > 0;
    }

    synchronized void recordWritten(HeldArtifact state) {
        written = state.used();
    }
}
