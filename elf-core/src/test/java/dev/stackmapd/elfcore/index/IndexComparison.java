package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.LoadSegment;
import dev.stackmapd.elfcore.symbols.LinkageNames;
import dev.stackmapd.elfcore.symbols.SymbolPrecedence;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/// Builds the index of a real binary and compares its answers with look-ups in the debug information
/// itself, at random code addresses. Run it with `elf-core/bench.sh IndexComparison FILE [ADDRESSES
/// [SEED]]`. It prints the differences.
final class IndexComparison {
    private static final int EXAMPLES = 10;

    private IndexComparison() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        int count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100_000;
        long seed = arguments.length > 2 ? Long.parseLong(arguments[2]) : 20_240_229;
        Path target = Files.createTempFile("comparison", ".index");
        try (ElfFile elf = ElfFile.open(file, ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(elf, DebugFileFinder.NONE)) {
            SymbolTable symbols = SymbolTable.read(elf);
            IndexBuilding built = new IndexBuilder(
                            new IndexOrigin(BuildId.of(new byte[20]), "comparison"), IndexSettings.DEFAULT)
                    .dwarf(dwarf)
                    .symbols(symbols)
                    .write(target);
            System.out.println(built);
            try (SymbolIndex index = ((IndexOpening.Ready) SymbolIndex.open(target)).index()) {
                compare(
                        elf,
                        dwarf,
                        new LinkageNames(SymbolPrecedence.ofTables(List.of(symbols))),
                        index,
                        count,
                        new Random(seed));
            }
        } finally {
            Files.delete(target);
        }
    }

    private static void compare(
            ElfFile elf, DwarfFile dwarf, LinkageNames symbols, SymbolIndex index, int count, Random random)
            throws Exception {
        LoadSegment code = elf.loadSegments().stream()
                .filter(LoadSegment::executable)
                .findFirst()
                .orElseThrow();
        FrameCursor cursor = new FrameCursor();
        int known = 0;
        int different = 0;
        // In groups of neighbours, so that the units stay decoded.
        long window = Math.max(1, code.fileSize() / 4096);
        for (int i = 0; i < count; i++) {
            long low = code.address().value() + (long) ((double) i / count * code.fileSize());
            long address = low + random.nextLong(window);
            List<Answers.Frame> ours = Answers.indexed(index, cursor, address);
            List<Answers.Frame> direct = Answers.direct(dwarf, symbols, address);
            known += direct.isEmpty() ? 0 : 1;
            if (!ours.equals(direct) && ++different <= EXAMPLES) {
                System.out.printf("0x%x%n  index  %s%n  direct %s%n", address, ours, direct);
            }
        }
        System.out.printf("%d addresses, %d known, %d different%n", count, known, different);
    }
}
