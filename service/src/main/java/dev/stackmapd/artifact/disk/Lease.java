package dev.stackmapd.artifact.disk;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/// The right to read one stored file until it is closed: its bytes stay where they are and do not change, whatever
/// becomes of the artifact meanwhile. Thread-safe.
///
/// What is not closed holds disk space until the store is opened anew.
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

    /// A regular file, to be opened for reading only. For the server: a path must not reach a client.
    public Path path() {
        return path;
    }

    /// Returns true if the bytes proved since to have changed on the disk: nothing more may be made of them.
    public boolean isDamaged() {
        return entry.isDamaged();
    }

    /// The same in the form of files that were found in folders.
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
