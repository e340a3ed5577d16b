package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.bytes.ReadBudget;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.symbols.LinkageNames;
import dev.stackmapd.elfcore.symbols.SymbolPrecedence;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Builds the symbol index of one binary: reads debug information unit by unit, then symbol tables for
/// the code that it does not name, and writes everything in the order of addresses.
///
/// Overlaps are resolved here, and not again during look-ups: within a unit the function that begins
/// closest before an address counts, and in it the innermost inlined call; between units the first one
/// of the section; between sources [SymbolPrecedence] decides. For one build and one thread.
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
    private final List<SymbolTable> tables = new ArrayList<>();
    private final List<DwarfFile> dwarfFiles = new ArrayList<>();

    public IndexBuilder(IndexOrigin origin, IndexSettings settings) {
        this.origin = origin;
        this.settings = settings;
    }

    /// @param dwarf stays open until [#write] returns
    public IndexBuilder dwarf(DwarfFile dwarf) {
        dwarfFiles.add(dwarf);
        return this;
    }

    /// Adds the next symbol table of the binary, in the order that [SymbolPrecedence#ofTables] requires.
    public IndexBuilder symbols(SymbolTable symbols) {
        tables.add(symbols);
        return this;
    }

    /// Builds the index and renames it to `target`, replacing an existing file. Changes nothing if it
    /// fails.
    ///
    /// @param target a path in an existing folder; temporary files in this folder have names derived
    ///     from it that end in `.tmp`
    public IndexBuilding write(Path target) throws IOException {
        ReadBudget budget = new ReadBudget(settings.memoryBytes(), settings.steps());
        BuildMemory memory = new BuildMemory(budget);
        BuildDisk disk = new BuildDisk(settings.fileBytes());
        StringPool strings = new StringPool(memory);
        FilePool files = new FilePool(memory, strings);
        FunctionPool functions = new FunctionPool(memory);
        try (Arena arena = Arena.ofConfined();
                Pieces pieces =
                        new Pieces(memory, disk, IndexOutput.temporaryFor(target, "code"), settings.bufferBytes());
                ContextStore contexts = new ContextStore(
                        memory, disk, IndexOutput.temporaryFor(target, "contexts"), settings.bufferBytes());
                IndexOutput out = new IndexOutput(memory, disk, target, IndexWriter.headerBytes(origin))) {
            SymbolPrecedence symbols = SymbolPrecedence.ofTables(tables);
            LinkageNames linkageNames = new LinkageNames(symbols);
            LackingRanges lacking = new LackingRanges(memory, strings);
            long skippedParts;
            try (BuildMemory ofUnits = memory.part()) {
                UnitEncoder encoder =
                        new UnitEncoder(ofUnits, strings, files, functions, pieces, linkageNames, lacking);
                skippedParts = walk(new UnitCollector(ofUnits, encoder, lacking), budget);
            }
            IndexWriter writer = new IndexWriter(memory, out, strings, files, functions, contexts, lacking);
            EntrySink first = writer.entries();
            for (SymbolPrecedence.Turn turn : symbols.turns().reversed()) {
                first = new SymbolFill(memory, turn, strings, functions, contexts, first);
            }
            new PieceMerge(memory, pieces.finish(arena), new PieceReader(memory, contexts, first)).run();
            first.end();
            if (writer.isEmpty()) {
                return new IndexBuilding.Empty(skippedParts);
            }
            writer.finish(origin, skippedParts, arena);
            return new IndexBuilding.Built(out.position(), skippedParts, budget.peakBytes());
        } catch (BuildLimitException e) {
            return new IndexBuilding.TooLarge(String.valueOf(e.getMessage()));
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e.getCause());
        }
    }

    /// Runs the first pass. Its arrays, as large as the largest unit, are not needed after it.
    ///
    /// @return the number of parts that could not be read
    private long walk(UnitCollector collector, ReadBudget budget) {
        for (DwarfFile dwarf : dwarfFiles) {
            dwarf.walk(collector, budget);
            budget.exceeded().ifPresent(reason -> {
                throw new BuildLimitException(reason);
            });
        }
        return collector.skippedParts();
    }
}
