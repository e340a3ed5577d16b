package dev.stackmapd.symbolize;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.Ticker;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.stackmapd.artifact.Artifact;
import dev.stackmapd.artifact.DirectoryArtifacts;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.stack.Frame;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Says which functions, files and lines a place in a binary belongs to, inlined calls included. Never guesses:
/// what no
/// function holds has no name.
///
/// Names come from the binary's index. Until there is one, they come straight from its files, decoding what one
/// answer
/// needs, while the index is built in the background.
///
/// Keeps the names of the binaries asked for last, within a budget; each is opened by one caller while others that
/// ask
/// for the same build-id wait. Thread-safe.
public final class Symbolizer {
    /// Heap of a cache entry beside its names.
    private static final int ENTRY_BYTES = 200;

    private final DirectoryArtifacts artifacts;
    private final IndexBuilds builds;
    private final SymbolizerLimits limits;
    private final ParseLimits parseLimits;
    private final LoadingCache<BuildId, Loaded> binaries;
    private final ReadableNames readable;

    public Symbolizer(
            DirectoryArtifacts artifacts, IndexBuilds builds, SymbolizerLimits limits, ParseLimits parseLimits) {
        this(artifacts, builds, limits, parseLimits, Ticker.systemTicker());
    }

    /// @param ticker for the lives of answers
    Symbolizer(
            DirectoryArtifacts artifacts,
            IndexBuilds builds,
            SymbolizerLimits limits,
            ParseLimits parseLimits,
            Ticker ticker) {
        this.artifacts = artifacts;
        this.builds = builds;
        this.limits = limits;
        this.parseLimits = parseLimits;
        this.readable = new ReadableNames(limits.nameBytes());
        this.binaries = Caffeine.newBuilder()
                .maximumWeight(limits.tableBytes())
                .weigher(Symbolizer::heapBytes)
                .expireAfter(Expiry.<BuildId, Loaded>writing((id, loaded) -> life(loaded)))
                .ticker(ticker)
                .executor(Runnable::run)
                .removalListener((id, loaded, cause) -> dropped(loaded))
                .recordStats()
                .build(this::load);
    }

    /// Looks up one byte of a binary, just there.
    public Symbolized symbolize(BuildId buildId, FileOffset offset) {
        while (true) {
            Loaded loaded = binaries.get(buildId);
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
                    binaries.asMap().remove(buildId, ready);
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

    /// Opens all binaries anew when they are next asked for; to be called when files have come or changed.
    public void forget() {
        binaries.invalidateAll();
    }

    /// Hits, misses and evictions of binaries since the start.
    public CacheStats stats() {
        return binaries.stats();
    }

    /// Nothing lies before the first byte of a file.
    private static FileOffset lookedUp(Frame.InFile frame, Position position) {
        return switch (position) {
            case LEAF -> frame.offset();
            case CALLER -> frame.offset().value() == 0 ? frame.offset() : frame.callSite();
        };
    }

    /// Empty where the names were closed, or have proved to be no good, and others have to be loaded.
    private Optional<Symbolized> in(Loaded.Ready ready, BuildId buildId, FileOffset offset) {
        if (!ready.enter()) {
            return Optional.empty();
        }
        try {
            Optional<ElfAddress> address = ready.addressOf(offset);
            List<SourceFrame> frames = address.isPresent() ? ready.names().find(address.get()) : List.of();
            return Optional.of(frames.isEmpty() ? new Symbolized.NoSymbol(buildId) : new Symbolized.Known(frames));
        } catch (MalformedBinaryException e) {
            return isDiscarded(ready.names())
                    ? Optional.empty()
                    : Optional.of(
                            new Symbolized.BadBinary(buildId, "offset 0x%x: %s".formatted(e.offset(), e.reason())));
        } catch (InternalError e) {
            // The file was cut short under the mapping.
            binaries.asMap().remove(buildId, ready);
            return Optional.of(new Symbolized.NoBinary(buildId, Symbolized.Cause.UNREADABLE));
        } finally {
            ready.leave();
        }
    }

    /// An index whose checksums are right and whose contents are wrong is removed, so that it is built again.
    private boolean isDiscarded(CodeNames names) {
        return switch (names) {
            case DirectNames direct -> false;
            case IndexedNames indexed -> builds.folder().remove(indexed.place());
        };
    }

    private Loaded load(BuildId buildId) {
        List<Artifact> files = artifacts.find(buildId);
        OpenFiles opened = open(buildId, files);
        if (!opened.isComplete()) {
            Loaded missing = opened.missing();
            opened.close();
            return missing;
        }
        return opened.hasDebugInformation() ? indexed(buildId, files, opened) : direct(opened);
    }

    private OpenFiles open(BuildId buildId, List<Artifact> files) {
        return OpenFiles.of(buildId, files, artifacts.folders(), parseLimits);
    }

    private Loaded direct(OpenFiles opened) {
        return new Loaded.Ready(opened.segments(), opened.names(readable));
    }

    private Loaded indexed(BuildId buildId, List<Artifact> files, OpenFiles opened) {
        try {
            Path place = builds.folder().place(buildId, opened.paths());
            Optional<IndexedNames> index = builds.folder().open(buildId, place, readable);
            if (index.isPresent()) {
                opened.close();
                return new Loaded.Ready(opened.segments(), index.get());
            }
            builds.want(buildId, place, () -> open(buildId, files), () -> binaries.invalidate(buildId));
        } catch (IOException e) {
            // A file went away just now: what is open answers, and the next load sees what is there then.
        }
        return direct(opened);
    }

    private static void dropped(@Nullable Loaded loaded) {
        if (loaded instanceof Loaded.Ready ready) {
            ready.leave();
        }
    }

    private Duration life(Loaded loaded) {
        return switch (loaded) {
            case Loaded.Ready ready -> limits.held();
            case Loaded.Absent absent -> limits.absent();
            case Loaded.Bad bad -> limits.bad();
        };
    }

    private static int heapBytes(BuildId buildId, Loaded loaded) {
        long bytes = switch (loaded) {
            case Loaded.Ready ready -> ready.heapBytes();
            case Loaded.Absent absent -> 0;
            case Loaded.Bad bad -> 2L * bad.detail().length();
        };
        return (int) Math.min(bytes + ENTRY_BYTES, Integer.MAX_VALUE);
    }
}
