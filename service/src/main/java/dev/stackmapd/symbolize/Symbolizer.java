package dev.stackmapd.symbolize;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.lookup.BinarySymbols;
import dev.stackmapd.elfcore.lookup.FileBackedSymbols;
import dev.stackmapd.elfcore.lookup.IndexBackedSymbols;
import dev.stackmapd.elfcore.lookup.SourceFrames;
import dev.stackmapd.stack.Frame;
import java.nio.file.Path;
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
        this.loader = new BinaryLoader(artifacts, builds, parseLimits, readers, this::forget);
        artifacts.listen(this::forget);
        artifacts.listenToDamages(this::dropNamesOf);
        builds.folder()
                .listenToDamages(() -> Thread.ofVirtual().name("damaged-index").start(this::forget));
    }

    /// Looks up one byte of a binary, just there.
    public Symbolized symbolize(BuildId buildId, FileOffset offset) {
        while (true) {
            Loaded loaded = cache.binary(buildId, loader::load);
            switch (loaded) {
                case Loaded.Absent absent -> {
                    return new Symbolized.NoBinary(buildId, absent.cause());
                }
                case Loaded.Bad bad -> {
                    return new Symbolized.BadBinary(buildId, bad.detail());
                }
                case Loaded.Ready ready -> {
                    Optional<Symbolized> answer = in(ready, buildId, offset);
                    if (answer.isPresent()) {
                        return answer.get();
                    }
                    cache.forget(buildId, ready);
                }
            }
        }
    }

    /// Looks up a frame of a stack. A leaf is where the program stands; any other frame is where a call returns
    /// to, which may be the next line or function already, so that the byte before it is looked up (XLT-16).
    public Symbolized symbolize(Frame.InFile frame, Position position) {
        return symbolize(frame.buildId(), lookedUp(frame, position));
    }

    /// Where a frame stands in its stack.
    public enum Position {
        LEAF,
        CALLER
    }

    /// Opens a binary now, has its files fetched where they are not here, and its index built.
    void prepare(BuildId buildId) {
        var _ = state(buildId);
    }

    /// Opens the binaries of a question that asks for many of their places, and has their indexes built.
    ///
    /// @return a future that completes when these indexes exist, or will not exist soon
    public CompletableFuture<Void> indexes(AskedPlaces asked) {
        return CompletableFuture.allOf(asked.ofManyPlaces().stream()
                .map(buildId -> {
                    prepare(buildId);
                    return builds.end(buildId);
                })
                .toArray(CompletableFuture<?>[]::new));
    }

    /// Opens a binary, and returns its state.
    public BinaryState state(BuildId buildId) {
        return switch (cache.binary(buildId, loader::load)) {
            case Loaded.Absent absent -> new BinaryState.Absent(absent.cause());
            case Loaded.Bad bad -> new BinaryState.Broken(bad.detail());
            case Loaded.Ready ready -> {
                try {
                    yield open(ready);
                } finally {
                    ready.leave();
                }
            }
        };
    }

    private static BinaryState.Open open(Loaded.Ready ready) {
        return switch (ready.basis()) {
            case Loaded.Ready.Basis.Files(Supplier<String> noIndex) ->
                new BinaryState.Open(BinaryState.Names.FILES, noIndex.get(), lacking(ready));
            case Loaded.Ready.Basis.Index _ -> new BinaryState.Open(BinaryState.Names.INDEX, lacking(ready));
        };
    }

    private static List<LackingPart> lacking(Loaded.Ready ready) {
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
        cache.forget((buildId, loaded) -> loaded instanceof Loaded.Ready ready && isStale(ready));
    }

    private static boolean isStale(Loaded.Ready ready) {
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
        cache.forget((buildId, loaded) -> loaded instanceof Loaded.Ready ready && ready.lacks(changed));
    }

    /// What is remembered, and how well that serves.
    public SymbolCache cache() {
        return cache;
    }

    /// Nothing lies before the first byte of a file.
    private static FileOffset lookedUp(Frame.InFile frame, Position position) {
        return switch (position) {
            case LEAF -> frame.offset();
            case CALLER -> frame.offset().value() == 0 ? frame.offset() : frame.callSite();
        };
    }

    /// Looks up one byte in an open binary, which it leaves.
    ///
    /// @return empty where its index was damaged and is gone
    private Optional<Symbolized> in(Loaded.Ready ready, BuildId buildId, FileOffset offset) {
        try {
            Optional<ElfAddress> address = ready.addressOf(offset);
            SourceFrames found = address.isPresent() ? at(ready, address.get()) : SourceFrames.NONE;
            return Optional.of(
                    found.frames().isEmpty()
                            ? new Symbolized.NoSymbol(buildId, found.lacking())
                            : new Symbolized.Known(found.frames(), found.lacking()));
        } catch (MalformedBinaryException e) {
            return isDiscarded(ready)
                    ? Optional.empty()
                    : Optional.of(
                            new Symbolized.BadBinary(buildId, "offset 0x%x: %s".formatted(e.offset(), e.reason())));
        } catch (InternalError e) {
            // The file was cut short under the mapping.
            cache.forget(buildId, ready);
            return Optional.of(new Symbolized.NoBinary(buildId, Symbolized.Cause.UNREADABLE));
        } finally {
            ready.leave();
        }
    }

    private SourceFrames at(Loaded.Ready ready, ElfAddress address) throws MalformedBinaryException {
        Optional<SourceFrames> known = cache.answer(ready, address.value());
        if (known.isPresent()) {
            return known.get();
        }
        SourceFrames found = find(ready.symbols(), address);
        cache.remember(ready, address.value(), found);
        return found;
    }

    private SourceFrames find(BinarySymbols symbols, ElfAddress address) throws MalformedBinaryException {
        return switch (symbols) {
            case IndexBackedSymbols indexed -> indexed.find(address);
            case FileBackedSymbols direct -> {
                readers.acquireUninterruptibly();
                try {
                    yield direct.find(address);
                } finally {
                    readers.release();
                }
            }
        };
    }

    /// An index whose checksums are right and whose contents are wrong is removed, so that it is built again.
    private boolean isDiscarded(Loaded.Ready ready) {
        return switch (ready.basis()) {
            case Loaded.Ready.Basis.Files _ -> false;
            case Loaded.Ready.Basis.Index(Path place) -> builds.folder().remove(place);
        };
    }
}
