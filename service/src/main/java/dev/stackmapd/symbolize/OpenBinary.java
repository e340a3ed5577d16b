package dev.stackmapd.symbolize;

import dev.stackmapd.artifact.disk.BinaryScratch;
import dev.stackmapd.artifact.disk.ReaderCount;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.elf.LoadSegment;
import dev.stackmapd.elfcore.lookup.BinarySymbols;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The load segments of an executable, and the open source of its symbols.
///
/// The symbols hold files open. They are closed when the cache has dropped the binary *and* the last
/// look-up has left. An idle binary is also
/// closed while it is cached, if its disk space is needed. Thread-safe.
final class OpenBinary implements LoadResult, BinaryScratch.Holder {
    private static final AtomicLong GENERATIONS = new AtomicLong();

    private final List<LoadSegment> segments;
    private final BinarySymbols symbols;
    private final Set<BuildId> lacking;
    private final BooleanSupplier stale;
    private final Basis basis;
    private final long generation = GENERATIONS.incrementAndGet();
    private final ReaderCount readers = new ReaderCount();

    /// @param lacking build-ids of files that would add information about this binary
    /// @param stale returns true if files on which the symbols depend have changed, appeared or
    ///     disappeared
    OpenBinary(
            List<LoadSegment> segments,
            BinarySymbols symbols,
            Set<BuildId> lacking,
            BooleanSupplier stale,
            Basis basis) {
        this.stale = stale;
        this.basis = basis;
        this.segments = List.copyOf(segments);
        this.symbols = symbols;
        this.lacking = Set.copyOf(lacking);
    }

    /// The source of the symbols.
    sealed interface Basis {

        /// An index file.
        ///
        /// @param place the path of the index
        record Index(Path place) implements Basis {}

        /// The files of the binary.
        ///
        /// @param noIndex returns why there is no index, as in [BinaryState.Open#noIndex]
        record Files(Supplier<String> noIndex) implements Basis {}
    }

    /// Returns a number that no other opening of a binary in this process has.
    long generation() {
        return generation;
    }

    Set<BuildId> lacking() {
        return lacking;
    }

    Basis basis() {
        return basis;
    }

    /// Returns true if the binary has to be loaded again. Costs one `stat` for each searched path.
    boolean isStale() {
        return stale.getAsBoolean();
    }

    /// Returns true if a file of that build-id would add information.
    boolean lacks(BuildId buildId) {
        return lacking.stream().anyMatch(buildId::matches);
    }

    /// Acquires a reference, which [#leave] releases. Returns false if the cache has dropped the binary.
    boolean enter() {
        return readers.enter();
    }

    void leave() {
        if (readers.leave()) {
            symbols.close();
        }
    }

    /// Closes the symbols as soon as no look-up uses them. Called by the cache, which has dropped the binary.
    void drop() {
        if (readers.retire()) {
            symbols.close();
        }
    }

    @Override
    public boolean isIdle() {
        return readers.isIdle();
    }

    /// Closes the symbols if no look-up uses them. The cache drops the binary at its next use.
    @Override
    public void closeIfIdle() {
        if (readers.retireIfIdle()) {
            symbols.close();
        }
    }

    BinarySymbols symbols() {
        return symbols;
    }

    long heapBytes() {
        return symbols.heapBytes() + 64L * segments.size();
    }

    /// Returns the address of an offset in the first executable segment that contains it, or else in the
    /// first segment that does.
    Optional<ElfAddress> addressOf(FileOffset offset) {
        Optional<ElfAddress> fallback = Optional.empty();
        for (LoadSegment segment : segments) {
            Optional<ElfAddress> address = segment.addressOf(offset);
            if (address.isPresent() && segment.executable()) {
                return address;
            }
            fallback = fallback.isPresent() ? fallback : address;
        }
        return fallback;
    }
}
