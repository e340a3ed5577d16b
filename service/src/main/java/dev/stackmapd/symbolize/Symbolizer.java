package dev.stackmapd.symbolize;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.Ticker;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.stackmapd.artifact.DirectoryArtifacts;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.symbols.Symbol;
import dev.stackmapd.stack.Frame;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Says which function a place in a binary belongs to. Never guesses: what no symbol holds has no name.
///
/// Keeps the tables of the binaries asked for last, within a budget; each is built by one caller while others
/// that ask for the same build-id wait. Tables hold no file open, so that a file that is replaced or removed does
/// no harm, and forgetting one needs no closing. Thread-safe.
public final class Symbolizer {
    /// Heap of a cache entry beside its table.
    private static final int ENTRY_BYTES = 200;

    private final SymbolizerLimits limits;
    private final LoadingCache<BuildId, Loaded> tables;
    private final ReadableNames names;

    public Symbolizer(DirectoryArtifacts artifacts, SymbolizerLimits limits, ParseLimits parseLimits) {
        this(artifacts, limits, parseLimits, Ticker.systemTicker());
    }

    /// @param ticker for the lives of answers
    Symbolizer(DirectoryArtifacts artifacts, SymbolizerLimits limits, ParseLimits parseLimits, Ticker ticker) {
        this.limits = limits;
        this.names = new ReadableNames(limits.nameBytes());
        this.tables = Caffeine.newBuilder()
                .maximumWeight(limits.tableBytes())
                .weigher(Symbolizer::tableBytes)
                .expireAfter(Expiry.<BuildId, Loaded>writing((id, loaded) -> life(loaded)))
                .ticker(ticker)
                .recordStats()
                .build(id -> new TableLoader(artifacts, parseLimits, id).load());
    }

    /// Looks up one byte of a binary, just there.
    public Symbolized symbolize(BuildId buildId, FileOffset offset) {
        return switch (tables.get(buildId)) {
            case Loaded.Absent absent -> new Symbolized.NoBinary(buildId, absent.cause());
            case Loaded.Bad bad -> new Symbolized.BadBinary(buildId, bad.detail());
            case Loaded.Table table -> inTable(buildId, table, offset);
        };
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

    /// Builds all tables anew when they are next asked for; to be called when files have come or changed.
    public void forget() {
        tables.invalidateAll();
    }

    /// Hits, misses and evictions of tables since the start.
    public CacheStats stats() {
        return tables.stats();
    }

    /// Nothing lies before the first byte of a file.
    private static FileOffset lookedUp(Frame.InFile frame, Position position) {
        return switch (position) {
            case LEAF -> frame.offset();
            case CALLER -> frame.offset().value() == 0 ? frame.offset() : frame.callSite();
        };
    }

    private Symbolized inTable(BuildId buildId, Loaded.Table table, FileOffset offset) {
        Optional<ElfAddress> address = table.addressOf(offset);
        Optional<Symbol> symbol = address.flatMap(table.symbols()::find);
        if (symbol.isEmpty()) {
            return new Symbolized.NoSymbol(buildId);
        }
        Symbol found = symbol.get();
        long functionOffset = address.get().value() - found.start().value();
        return new Symbolized.Known(
                List.of(new SourceFrame(names.of(found.name()), found.name(), functionOffset, found.origin())));
    }

    private Duration life(Loaded loaded) {
        return switch (loaded) {
            case Loaded.Table table -> limits.held();
            case Loaded.Absent absent -> limits.absent();
            case Loaded.Bad bad -> limits.bad();
        };
    }

    private static int tableBytes(BuildId buildId, Loaded loaded) {
        long bytes = switch (loaded) {
            case Loaded.Table table ->
                table.symbols().heapBytes() + 64L * table.segments().size();
            case Loaded.Absent absent -> 0;
            case Loaded.Bad bad -> 2L * bad.detail().length();
        };
        return (int) Math.min(bytes + ENTRY_BYTES, Integer.MAX_VALUE);
    }
}
