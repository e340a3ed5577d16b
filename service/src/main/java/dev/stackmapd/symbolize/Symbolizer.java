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

/// Says which functions, files and lines a place in a binary belongs to, inlined calls included. Never guesses:
/// what no function holds has no name.
///
/// Names come from the binary's index. Until there is one, they come straight from its files, decoding what one
/// answer needs, while the index is built in the background. Files that are not here are asked for upstream in the
/// background: the answer is `PENDING` until upstreams have said what they have.
///
/// Keeps what was asked for last, within a budget ([SymbolCache]). Thread-safe.
public final class Symbolizer {
    /// Parts that are named as lacking of a whole binary.
    private static final int MAX_LACKING = 100;

    /// Addresses that are looked up in files before another question may have its turn.
    private static final int READ_AT_ONCE = 256;

    private final Artifacts artifacts;
    private final IndexBuilds builds;
    private final SymbolCache cache;
    private final Semaphore readers;
    private final BinaryLoader loader;

    public Symbolizer(Artifacts artifacts, IndexBuilds builds, SymbolizerLimits limits, ParseLimits parseLimits) {
        this(artifacts, builds, limits, parseLimits, Ticker.systemTicker());
    }

    /// @param ticker for the lives of answers
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

    /// Looks up frames, binary by binary, each of which is opened once. A binary may be asked for by its build-id or
    /// by its htlhash; the answer has the id that it is held under. An answer is handed to `consumer` before the
    /// next one is made, so that a consumer that throws ends the question.
    public void symbolize(FramesByBinary asked, FramesByBinary.FrameConsumer consumer) {
        asked.places()
                .forEach((buildId, places) -> symbolize(
                        buildId, places.fileOffsets(), (place, result) -> places.answer(place, result, consumer)));
    }

    /// Looks up one byte of a binary, just there.
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

    /// Opens a binary now, has its files fetched where they are not here, and its index built.
    void prepare(BuildId buildId) {
        var _ = state(buildId);
    }

    /// Opens the binaries of a question that asks for many of their places, and has their indexes built.
    ///
    /// @return a future that completes when these indexes exist, or will not exist soon
    public CompletableFuture<Void> indexes(IndexDemand demand) {
        return CompletableFuture.allOf(demand.binariesWithManyOffsets().stream()
                .map(buildId -> {
                    prepare(buildId);
                    return builds.end(artifacts.heldAs(buildId));
                })
                .toArray(CompletableFuture<?>[]::new));
    }

    /// Opens a binary, and returns its state.
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

    /// Looks for changes of the files that open binaries depend on, those that were looked for and not found
    /// included; where something has changed, a binary is opened again when it is next asked for. Costs one `stat`
    /// for each path that was looked at.
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

    /// Opens all binaries anew when they are next asked for; to be called when files have come or changed.
    public void forget() {
        cache.forget((buildId, loaded) -> true);
    }

    /// Names that were made from a damaged file may be wrong, and other binaries may have parts of theirs in
    /// it.
    private void dropNamesOf(BuildId damaged) {
        builds.folder().removeAll(damaged);
        forget();
    }

    /// Opens a binary, and those that lacked it, anew when they are next asked for.
    private void forget(BuildId changed) {
        cache.forget(changed);
        cache.forget((buildId, loaded) -> loaded instanceof OpenBinary ready && ready.lacks(changed));
    }

    /// What is remembered, and how well that serves.
    public SymbolCache cache() {
        return cache;
    }

    /// Looks up places in an open binary, which it leaves. Some stay without an answer where what was open
    /// has proved to be no good, and others have to be loaded.
    private void answer(OffsetBatch batch, OpenBinary ready) {
        try {
            answerTogether(batch, ready);
        } catch (InternalError e) {
            // A file was cut short under the mapping.
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

    /// Damage costs only the places that need the damaged part.
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

    /// Gives places outside all segments their answer first, and those that are remembered.
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

    /// Reading files takes a permit, which is given back now and then.
    private void find(BinarySymbols symbols, AddressBatch addresses, BinarySymbols.Sink sink)
            throws MalformedBinaryException {
        switch (symbols) {
            case IndexBackedSymbols index -> index.find(addresses, sink);
            case FileBackedSymbols files -> {
                for (AddressBatch part : addresses.parts(READ_AT_ONCE)) {
                    readers.acquireUninterruptibly();
                    try {
                        files.find(part, sink);
                    } finally {
                        readers.release();
                    }
                }
            }
        }
    }

    /// An index whose checksums are right and whose contents are wrong is removed, so that it is built again.
    private boolean isDiscarded(OpenBinary ready) {
        return switch (ready.basis()) {
            case OpenBinary.Basis.Files _ -> false;
            case OpenBinary.Basis.Index(Path place) -> builds.folder().remove(place);
        };
    }
}
