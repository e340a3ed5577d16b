package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.dwarf.FixtureFinder;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import java.io.IOException;
import java.nio.file.Path;

/// Builds indexes of fixtures.
final class FixtureIndex {
    static final IndexOrigin ORIGIN = new IndexOrigin(BuildId.of(new byte[] {1, 2, 3, 4}), "test 1");

    private FixtureIndex() {}

    /// Builds an index of debug information and symbol table, with the default settings.
    static IndexBuilding build(Path binary, Path target) throws IOException, MalformedBinaryException {
        return build(binary, target, IndexSettings.DEFAULT);
    }

    static IndexBuilding build(Path binary, Path target, IndexSettings settings)
            throws IOException, MalformedBinaryException {
        return build(binary, target, settings, FixtureFinder.beside(binary));
    }

    static IndexBuilding build(Path binary, Path target, IndexSettings settings, DebugFileFinder finder)
            throws IOException, MalformedBinaryException {
        try (ElfFile elf = ElfFile.open(binary, ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(elf, finder)) {
            return new IndexBuilder(ORIGIN, settings)
                    .dwarf(dwarf)
                    .symbols(SymbolTable.read(elf))
                    .write(target);
        }
    }

    static SymbolIndex open(Path index) throws IOException {
        return ((IndexOpening.Ready) SymbolIndex.open(index)).index();
    }
}
