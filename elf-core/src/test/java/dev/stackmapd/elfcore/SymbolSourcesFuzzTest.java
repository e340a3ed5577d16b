package dev.stackmapd.elfcore;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.symbols.FileSymbols;
import dev.stackmapd.elfcore.symbols.Kallsyms;
import dev.stackmapd.elfcore.symbols.ParsedText;
import dev.stackmapd.elfcore.symbols.PerfMap;
import dev.stackmapd.elfcore.symbols.SymbolPrecedence;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import dev.stackmapd.elfcore.symbols.TextSymbol;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawSection;
import java.util.List;

/// Reads any bytes as one of the sources of names other than the file's own symbol tables.
///
/// In a normal test run each target reads the inputs checked in beside it. To search for new ones:
/// `JAZZER_FUZZ=1 mvn -pl elf-core -am test -Dtest=SymbolSourcesFuzzTest#mini
/// -Dsurefire.failIfNoSpecifiedTests=false` (one target a run). A finding is kept under
/// `src/test/resources`, named for the bug.
class SymbolSourcesFuzzTest {
    private static final ParseLimits LIMITS =
            new ParseLimits(1 << 16, 1 << 10, 1 << 12, 1 << 12, 1 << 16, 1 << 20, DwarfLimits.DEFAULT);

    /// Reads the contents of `.gnu_debugdata`.
    @FuzzTest(maxDuration = "10s")
    void mini(byte[] xz) {
        byte[] file = ElfBuilder.elf64()
                .section(RawSection.section(".gnu_debugdata", RawSection.SHT_PROGBITS, xz))
                .build();
        try (ElfFile elf = ElfFile.of("fuzz", file, LIMITS)) {
            check(FileSymbols.read(elf));
        } catch (MalformedBinaryException e) {
            if (e.offset() < 0) {
                throw new AssertionError("refused at a negative offset", e);
            }
        }
    }

    /// Reads a whole file with a procedure linkage table, such as those in `binaries/names/`.
    @FuzzTest(maxDuration = "10s")
    void stubs(byte[] file) {
        try (ElfFile elf = ElfFile.of("fuzz", file, LIMITS)) {
            check(FileSymbols.read(elf));
        } catch (MalformedBinaryException e) {
            if (e.offset() < 0 || e.offset() > file.length) {
                throw new AssertionError("refused at an offset outside the file", e);
            }
        }
    }

    @FuzzTest(maxDuration = "10s")
    void perfMap(byte[] text) {
        check(PerfMap.parse(text, LIMITS));
    }

    @FuzzTest(maxDuration = "10s")
    void kallsyms(byte[] text) {
        ParsedText parsed = Kallsyms.parse(text, LIMITS);
        check(parsed);
        for (int i = 0; i < parsed.symbols().size(); i++) {
            if (parsed.symbols().find(parsed.symbols().get(i).start()).isEmpty()) {
                throw new AssertionError("symbol " + i + " does not hold its own start");
            }
        }
    }

    private static void check(FileSymbols symbols) {
        for (SymbolTable table : symbols.tables()) {
            for (int i = 0; i < table.size(); i++) {
                if (SymbolPrecedence.of(List.of(symbols))
                        .find(table.get(i).start())
                        .isEmpty()) {
                    throw new AssertionError("symbol " + i + " does not hold its own start");
                }
            }
        }
    }

    /// Checks that a symbol found for an address holds it.
    private static void check(ParsedText parsed) {
        for (int i = 0; i < parsed.symbols().size(); i++) {
            TextSymbol symbol = parsed.symbols().get(i);
            long probe = symbol.start() + (symbol.size() >>> 1);
            TextSymbol owner = parsed.symbols().find(probe).orElse(symbol);
            boolean holds = Long.compareUnsigned(probe - owner.start(), owner.size()) < 0 || probe == owner.start();
            if (!holds && owner.size() != 0) {
                throw new AssertionError(owner + " does not hold " + Long.toHexString(probe));
            }
        }
    }
}
