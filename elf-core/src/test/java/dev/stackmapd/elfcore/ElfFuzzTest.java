package dev.stackmapd.elfcore;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.stackmapd.elfcore.bytes.ByteArrayBytes;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.elfcore.elf.BuildIdReader;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import java.io.IOException;

/// Reads any bytes: the result is an answer or [MalformedBinaryException], within the limits.
///
/// In a normal test run each target reads the inputs checked in beside it. To search for new ones for a
/// minute: `JAZZER_FUZZ=1 mvn -pl elf-core -am test -Dtest=ElfFuzzTest#symbols
/// -Dsurefire.failIfNoSpecifiedTests=false` (one target a run). A finding is kept under
/// `src/test/resources`, named for the bug.
class ElfFuzzTest {
    private static final ParseLimits LIMITS = new ParseLimits(1 << 16, 1 << 10, 1 << 12, 1 << 12, 1 << 16);

    @FuzzTest(maxDuration = "10s")
    void buildIds(byte[] file) throws IOException {
        for (BuildIdProfile profile : BuildIdProfile.values()) {
            BuildIdSearch search = new BuildIdReader(profile, LIMITS).read(new ByteArrayBytes("fuzz", file));
            if (profile == BuildIdProfile.KERNEL
                    && search instanceof BuildIdSearch.Found(var id)
                    && !id.visibleToKernel()) {
                throw new AssertionError("the kernel sees no id of " + id.length() + " bytes");
            }
        }
    }

    @FuzzTest(maxDuration = "10s")
    void symbols(byte[] file) {
        try (ElfFile elf = ElfFile.of("fuzz", file, LIMITS)) {
            elf.loadSegments();
            elf.holdsCode();
            elf.debugLink();
            SymbolTable table = SymbolTable.read(elf);
            for (int i = 0; i < table.size(); i++) {
                if (table.find(table.get(i).start()).isEmpty()) {
                    throw new AssertionError("symbol " + i + " does not hold its own start");
                }
            }
        } catch (MalformedBinaryException e) {
            if (e.offset() < 0 || e.offset() > file.length) {
                throw new AssertionError("refused at an offset outside the file", e);
            }
        }
    }
}
