package dev.stackmapd.store;

/// Stores the data of batches, with one port for each type of access. Every implementation passes the
/// contract tests.
///
/// The store owns its dictionaries: the numbers of build-ids, names and series are private to it and do
/// not occur in the ports. Thread-safe. I/O failures are thrown as [java.io.UncheckedIOException] and
/// leave the store unchanged.
public interface Store extends AutoCloseable {

    /// Returns the port that writes batches.
    BatchStore batches();

    /// Returns the port that reads distinct stacks.
    StackStore stacks();

    /// Returns the port that reads sightings.
    SightingStore sightings();

    /// Returns the port that reads binaries.
    BinaryStore binaries();

    /// Returns the bytes that all data takes; an estimate if the implementation says so.
    long bytes();

    /// Returns the maximum of [#bytes].
    long capacity();

    /// Closes the store. It must not be used afterwards.
    @Override
    void close();
}
