package dev.stackmapd.artifact.disk;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/// A lease on one stored file: until it is closed, the file stays at its path, also if the artifact is
/// replaced or removed. Thread-safe.
///
/// A lease that is never closed keeps the disk space until the store is opened again.
public final class Lease implements AutoCloseable {
    private final CatalogEntry entry;
    private final HeldArtifact artifact;
    private final Path path;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    Lease(CatalogEntry entry, Path path, Runnable release) {
        this.entry = entry;
        this.artifact = entry.artifact();
        this.path = path;
        this.release = release;
    }

    public HeldArtifact artifact() {
        return artifact;
    }

    /// Returns the path of a regular file, to be opened for reading only. A path must not reach a
    /// client.
    public Path path() {
        return path;
    }

    /// Returns true if the bytes were found to have changed on the disk since; results of them must be
    /// discarded.
    public boolean isDamaged() {
        return entry.isDamaged();
    }

    /// Returns the file in the form of files that were found in folders.
    public Artifact.Binary binary() {
        return new Artifact.Binary(
                artifact.buildId(), artifact.htlhash(), path, artifact.code(), artifact.quality(), artifact.layout());
    }

    /// A second call does nothing.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.run();
        }
    }
}
