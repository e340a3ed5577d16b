package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.symbols.LinkageNames;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Builds the symbol index of one binary: takes debug information unit by unit, then symbol tables for the code that
/// it does not name, and writes everything in the order of addresses.
///
/// Overlaps are decided here and never again: within a unit the function that begins closest before an address and in
/// it the innermost inlined call; between units the first one of the section; a function of debug information before
/// a symbol, and a symbol that has a size before one that has none. For one build and one thread.
public final class IndexBuilder {
    /*
     * Pass 1 walks the units. Each is resolved on its own and encoded as pieces (stretches of code without a gap) that
     * refer to names, files and functions by numbers of this build. Pieces beyond the buffer go to a temporary file in
     * sorted runs.
     *
     * Pass 2 merges the runs by address, cuts pieces that overlap, lets symbols fill the gaps, and packs blocks straight
     * into the file. Contexts are numbered as addresses need them, so that neighbours have close numbers. Last come
     * the tables, whose fields are as wide as their largest number.
     */
    private final IndexOrigin origin;
    private final IndexSettings settings;
    private final List<Fill> fills = new ArrayList<>();
    private final List<DwarfFile> dwarfFiles = new ArrayList<>();

    private record Fill(SymbolTable symbols, SymbolSource source) {}

    public IndexBuilder(IndexOrigin origin, IndexSettings settings) {
        this.origin = origin;
        this.settings = settings;
    }

    /// @param dwarf stays open until [#write] returns
    public IndexBuilder dwarf(DwarfFile dwarf) {
        dwarfFiles.add(dwarf);
        return this;
    }

    /// Names code that no table given before has a name for, and functions that begin where one of its symbols does.
    public IndexBuilder symbols(SymbolTable symbols, SymbolSource source) {
        fills.add(new Fill(symbols, source));
        return this;
    }

    /// Builds the index and puts it in its place, over one that is there. If it fails nothing changes.
    ///
    /// @param target in a folder that exists; temporary files lie beside it meanwhile, named after it and ending in
    ///     `.tmp`
    public IndexBuilding write(Path target) throws IOException {
        StringPool strings = new StringPool(settings.maxNameBytes());
        FilePool files = new FilePool(strings);
        FunctionPool functions = new FunctionPool();
        try (Arena arena = Arena.ofConfined();
                Pieces pieces = new Pieces(IndexOutput.temporaryFor(target, "code"), settings.bufferBytes());
                ContextStore contexts =
                        new ContextStore(IndexOutput.temporaryFor(target, "contexts"), settings.bufferBytes());
                IndexOutput out = new IndexOutput(target, IndexWriter.headerBytes(origin))) {
            LinkageNames linkageNames =
                    new LinkageNames(fills.stream().map(Fill::symbols).toList());
            LackingRanges lacking = new LackingRanges(strings);
            long skippedParts =
                    walk(new UnitEncoder(strings, files, functions, pieces, linkageNames, lacking), lacking);
            IndexWriter writer = new IndexWriter(out, strings, files, functions, contexts, lacking);
            EntrySink first = writer.entries();
            for (SymbolFill.Extent extent : List.of(SymbolFill.Extent.APPROXIMATE, SymbolFill.Extent.EXACT)) {
                for (Fill fill : fills.reversed()) {
                    if (extent == SymbolFill.Extent.EXACT || fill.symbols.hasApproximate()) {
                        first = new SymbolFill(fill.symbols, fill.source, extent, strings, functions, contexts, first);
                    }
                }
            }
            new PieceMerge(pieces.finish(arena), new PieceReader(contexts, first)).run();
            first.end();
            if (writer.isEmpty()) {
                return new IndexBuilding.Empty(skippedParts);
            }
            writer.finish(origin, skippedParts, arena);
            return new IndexBuilding.Built(out.position(), skippedParts);
        } catch (BuildLimitException e) {
            return new IndexBuilding.TooLarge(String.valueOf(e.getMessage()));
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e.getCause());
        }
    }

    /// The first pass. Its arrays, as large as the largest unit, are not needed after it.
    ///
    /// @return parts that could not be read
    private long walk(UnitEncoder encoder, LackingRanges lacking) {
        UnitCollector collector = new UnitCollector(encoder, lacking);
        dwarfFiles.forEach(dwarf -> dwarf.walk(collector));
        return collector.skippedParts();
    }
}
