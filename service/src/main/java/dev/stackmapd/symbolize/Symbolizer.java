package dev.stackmapd.symbolize;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.lookup.AddressBatch;
import dev.stackmapd.elfcore.lookup.BinarySymbols;
import dev.stackmapd.elfcore.lookup.FileBackedSymbols;
import dev.stackmapd.elfcore.lookup.IndexBackedSymbols;
import dev.stackmapd.elfcore.lookup.SourceFrames;
import dev.stackmapd.symbolize.index.IndexBuilds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Symbolizes offsets in binaries: finds their functions, files and lines, including inlined calls. It
/// never guesses: an offset outside all functions has no name.
///
/// Names come from the index of the binary. Until it exists, they come from the files, of which only the
/// required parts are decoded, while the index is built in the background. Missing files are requested
/// from upstreams in the background; the result is `PENDING` until all upstreams have responded.
///
/// Results are cached within a budget ([SymbolCache]). Thread-safe.
public final class Symbolizer {
    /// Maximum number of missing parts that are reported for a binary.
    private static final int MAX_LACKING = 100;

    /// Number of addresses that are looked up in files before the permit is passed to another query.
    private static final int READ_AT_ONCE = 256;

    private final Artifacts artifacts;
    private final IndexBuilds builds;
    private final SymbolCache cache;
    private final Semaphore readers;
    private final BinaryLoader loader;

    public Symbolizer(Artifacts artifacts, IndexBuilds builds, SymbolizerLimits limits, ParseLimits parseLimits) {
        this(artifacts, builds, limits, parseLimits, Ticker.systemTicker());
    }

    /// @param ticker for the expiry of cache entries
    Symbolizer(
            Artifacts artifacts, IndexBuilds builds, SymbolizerLimits limits, ParseLimits parseLimits, Ticker ticker) {
        this.builds = builds;
        this.cache = new SymbolCache(limits, ticker);
        this.readers = new Semaphore(limits.readers(), true);
        this.artifacts = artifacts;
        this.loader = new BinaryLoader(artifacts, builds, parseLimits, readers, this::forget);
        artifacts.listen(this::forget);
        artifacts.listenToDamages(this::dropNamesOf);
        builds.folder()
                .listenToDamages(() -> Thread.ofVirtual().name("damaged-index").start(this::forget));
    }

    /// Symbolizes frames, binary by binary; each binary is opened once. A binary may be identified by
    /// its build-id or its htlhash; the result has the id under which it is held. Each result is passed
    /// to `consumer` before the next one is computed, so an exception of the consumer ends the query.
    public void symbolize(FramesByBinary asked, FramesByBinary.FrameConsumer consumer) {
        asked.places()
                .forEach((buildId, places) -> symbolize(
                        buildId, places.fileOffsets(), (place, result) -> places.answer(place, result, consumer)));
    }

    /// Symbolizes one offset without a step back to the call.
    SymbolizationResult symbolize(BuildId buildId, FileOffset offset) {
        List<SymbolizationResult> answer = new ArrayList<>(1);
        symbolize(buildId, new long[] {offset.value()}, (place, result) -> answer.add(result));
        return answer.getFirst();
    }

    private void symbolize(BuildId asked, long[] fileOffsets, OffsetBatch.ResultConsumer consumer) {
        BuildId buildId = artifacts.heldAs(asked);
        OffsetBatch batch = new OffsetBatch(buildId, fileOffsets, consumer);
        while (!batch.isAnswered()) {
            switch (cache.binary(buildId, loader::load)) {
                case LoadResult.Absent absent ->
                    batch.answerRest(new SymbolizationResult.NoBinary(buildId, absent.cause()));
                case LoadResult.Broken bad ->
                    batch.answerRest(new SymbolizationResult.BadBinary(buildId, bad.detail()));
                case OpenBinary ready -> answer(batch, ready);
            }
        }
    }

    /// Opens a binary, and requests its missing files and its index.
    void prepare(BuildId buildId) {
        var _ = state(buildId);
    }

    /// Opens the binaries with many offsets in a query, and requests their indexes.
    ///
    /// @return a future that completes when each of these indexes exists, or is not expected soon
    public CompletableFuture<Void> indexes(IndexDemand demand) {
        return CompletableFuture.allOf(demand.binariesWithManyOffsets().stream()
                .map(buildId -> {
                    prepare(buildId);
                    return builds.end(artifacts.heldAs(buildId));
                })
                .toArray(CompletableFuture<?>[]::new));
    }

    /// Opens a binary and returns its state.
    public BinaryState state(BuildId buildId) {
        return switch (cache.binary(artifacts.heldAs(buildId), loader::load)) {
            case LoadResult.Absent absent -> new BinaryState.Absent(absent.cause());
            case LoadResult.Broken bad -> new BinaryState.Broken(bad.detail());
            case OpenBinary ready -> {
                try {
                    yield open(ready);
                } finally {
                    ready.leave();
                }
            }
        };
    }

    private static BinaryState.Open open(OpenBinary ready) {
        return switch (ready.basis()) {
            case OpenBinary.Basis.Files(Supplier<String> noIndex) ->
                new BinaryState.Open(BinaryState.NameSource.FILES, noIndex.get(), lacking(ready));
            case OpenBinary.Basis.Index _ -> new BinaryState.Open(BinaryState.NameSource.INDEX, lacking(ready));
        };
    }

    private static List<LackingPart> lacking(OpenBinary ready) {
        Stream<LackingPart> alternates = ready.lacking().stream()
                .map(id -> new LackingPart(LackingPart.Kind.DWZ, id.hex(), LackingPart.Reason.MISSING));
        return Stream.concat(alternates, ready.symbols().lacking(MAX_LACKING).stream())
                .distinct()
                .limit(MAX_LACKING)
                .toList();
    }

    /// Checks the files on which open binaries depend, including paths at which no file was found. A
    /// binary with changes is opened again at its next use. Costs one `stat` for each searched path.
    public void refresh() {
        cache.forget((buildId, loaded) -> loaded instanceof OpenBinary ready && isStale(ready));
    }

    private static boolean isStale(OpenBinary ready) {
        if (!ready.enter()) {
            return false;
        }
        try {
            return ready.isStale();
        } finally {
            ready.leave();
        }
    }

    /// Removes all binaries from the cache, so that they are opened again at their next use. Must be
    /// called when files have been added or changed.
    public void forget() {
        cache.forget((buildId, loaded) -> true);
    }

    /// Removes the indexes of a damaged file, and all open binaries: names from the file may be wrong,
    /// and other binaries may depend on it.
    private void dropNamesOf(BuildId damaged) {
        builds.folder().removeAll(damaged);
        forget();
    }

    /// Removes a binary, and those that lack it, from the cache, so that they are opened again at their
    /// next use.
    private void forget(BuildId changed) {
        cache.forget(changed);
        cache.forget((buildId, loaded) -> loaded instanceof OpenBinary ready && ready.lacks(changed));
    }

    /// Returns the cache, for its statistics.
    public SymbolCache cache() {
        return cache;
    }

    /// Looks up offsets in an open binary, and releases it. If the binary turns out to be unusable, some
    /// offsets keep no result, and the binary has to be loaded again.
    private void answer(OffsetBatch batch, OpenBinary ready) {
        try {
            answerTogether(batch, ready);
        } catch (InternalError e) {
            // A file was truncated while it was mapped.
            cache.forget(batch.buildId(), ready);
            batch.answer(
                    batch.nextOpen(0),
                    new SymbolizationResult.NoBinary(batch.buildId(), SymbolizationResult.Cause.UNREADABLE));
        } finally {
            ready.leave();
        }
    }

    private void answerTogether(OffsetBatch batch, OpenBinary ready) {
        try {
            find(batch, ready);
        } catch (MalformedBinaryException e) {
            if (isDiscarded(ready)) {
                cache.forget(batch.buildId(), ready);
            } else {
                answerOneByOne(batch, ready);
            }
        }
    }

    /// Looks up offsets one by one, so that damage affects only those that need the damaged part.
    private void answerOneByOne(OffsetBatch batch, OpenBinary ready) {
        for (int place = batch.nextOpen(0); place >= 0; place = batch.nextOpen(place + 1)) {
            int one = place;
            long address = ready.addressOf(batch.offset(one)).orElseThrow().value();
            try {
                find(ready.symbols(), AddressBatch.of(new long[] {address}), (_, found) -> batch.answer(one, found));
            } catch (MalformedBinaryException e) {
                batch.answer(one, e);
            }
        }
    }

    /// Sets the results of offsets outside all segments and of cached ones first, then looks up the
    /// others.
    private void find(OffsetBatch batch, OpenBinary ready) throws MalformedBinaryException {
        long[] addresses = new long[batch.openCount()];
        int[] places = new int[addresses.length];
        int count = 0;
        for (int place = batch.nextOpen(0); place >= 0; place = batch.nextOpen(place + 1)) {
            Optional<ElfAddress> address = ready.addressOf(batch.offset(place));
            Optional<SourceFrames> known = address.isEmpty()
                    ? Optional.of(SourceFrames.NONE)
                    : cache.answer(ready, address.get().value());
            if (known.isPresent()) {
                batch.answer(place, known.get());
            } else {
                addresses[count] = address.orElseThrow().value();
                places[count++] = place;
            }
        }
        find(ready.symbols(), AddressBatch.of(Arrays.copyOf(addresses, count)), (position, found) -> {
            cache.remember(ready, addresses[position], found);
            batch.answer(places[position], found);
        });
    }

    /// Looks up addresses. Reading files requires a permit, which is released between parts.
    private void find(BinarySymbols symbols, AddressBatch addresses, BinarySymbols.FramesConsumer consumer)
            throws MalformedBinaryException {
        switch (symbols) {
            case IndexBackedSymbols index -> index.find(addresses, consumer);
            case FileBackedSymbols files -> {
                for (AddressBatch part : addresses.parts(READ_AT_ONCE)) {
                    readers.acquireUninterruptibly();
                    try {
                        files.find(part, consumer);
                    } finally {
                        readers.release();
                    }
                }
            }
        }
    }

    /// Removes an index with valid checksums but invalid contents, so that it is built again. Returns
    /// true if there was one.
    private boolean isDiscarded(OpenBinary ready) {
        return switch (ready.basis()) {
            case OpenBinary.Basis.Files _ -> false;
            case OpenBinary.Basis.Index(Path place) -> builds.folder().remove(place);
        };
    }
}
