package dev.stackmapd.store;

/// Everything that is kept of batches, behind one port for each kind of question. Every implementation passes
/// `StoreContract`.
///
/// The store owns its dictionaries: what it numbers, build-ids and names and series, is private to it, and no such
/// number is shown by a port. Thread-safe. I/O failures surface as [java.io.UncheckedIOException] and leave the store
/// as it was.
public interface Store extends AutoCloseable {

    /// Takes batches, each once.
    BatchStore batches();

    /// Has each distinct stack.
    StackStore stacks();

    /// Has what was seen when, in which series.
    SightingStore sightings();

    /// Has the binaries that stacks go through.
    BinaryStore binaries();

    /// Bytes that everything in it takes; an estimate where the implementation says so.
    long bytes();

    /// Bytes that it may take.
    long capacity();

    /// Ends the store. Calls after it are errors.
    @Override
    void close();
}
