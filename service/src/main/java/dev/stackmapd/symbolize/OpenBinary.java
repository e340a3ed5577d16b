package dev.stackmapd.symbolize;

import dev.stackmapd.artifact.disk.BinaryScratch;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.elf.LoadSegment;
import dev.stackmapd.elfcore.lookup.BinarySymbols;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The executable's load segments, and what names its code.
///
/// Names hold files open, which are closed when the cache has dropped them *and* the last look-up has left: a
/// count of holders, the cache being the first. They are closed under the cache where their disk is needed.
/// Thread-safe.
final class OpenBinary implements LoadResult, BinaryScratch.Holder {
    private static final AtomicLong GENERATIONS = new AtomicLong();

    private final List<LoadSegment> segments;
    private final BinarySymbols symbols;
    private final Set<BuildId> lacking;
    private final BooleanSupplier stale;
    private final Basis basis;
    private final long generation = GENERATIONS.incrementAndGet();
    private final AtomicInteger holders = new AtomicInteger(1);

    /// @param lacking build-ids of files that would say more of this one
    /// @param stale returns true if files have changed, come or gone that the names depend on
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

    /// What the names come from.
    sealed interface Basis {

        /// @param place where the index lies
        record Index(Path place) implements Basis {}

        /// @param noIndex says why there is no index, as [BinaryState.Open#noIndex] has it
        record Files(Supplier<String> noIndex) implements Basis {}
    }

    /// No other opening of this process has the same.
    long generation() {
        return generation;
    }

    Set<BuildId> lacking() {
        return lacking;
    }

    Basis basis() {
        return basis;
    }

    /// Returns true if other files have to be looked for. Costs a `stat` for each path that was looked at.
    boolean isStale() {
        return stale.getAsBoolean();
    }

    /// Whether a file of that build-id would say more.
    boolean lacks(BuildId buildId) {
        return lacking.stream().anyMatch(buildId::matches);
    }

    /// Whether the names may be used, until [#leave] is called; false once they are closed.
    boolean enter() {
        return holders.getAndUpdate(n -> n <= 0 ? n : n + 1) > 0;
    }

    void leave() {
        if (holders.decrementAndGet() == 0) {
            symbols.close();
        }
    }

    @Override
    public boolean isIdle() {
        return holders.get() == 1;
    }

    /// The cache drops the names when they are next asked for.
    @Override
    public void closeIfIdle() {
        if (holders.compareAndSet(1, 0)) {
            symbols.close();
        }
    }

    BinarySymbols symbols() {
        return symbols;
    }

    long heapBytes() {
        return symbols.heapBytes() + 64L * segments.size();
    }

    /// In the first segment that holds the offset; an executable one if there is any.
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
