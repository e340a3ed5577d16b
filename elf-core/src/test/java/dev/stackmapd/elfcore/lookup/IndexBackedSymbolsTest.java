package dev.stackmapd.elfcore.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.index.IndexBuilder;
import dev.stackmapd.elfcore.index.IndexOpening;
import dev.stackmapd.elfcore.index.IndexOrigin;
import dev.stackmapd.elfcore.index.IndexSettings;
import dev.stackmapd.elfcore.index.SymbolIndex;
import dev.stackmapd.elfcore.symbols.FileSymbols;
import dev.stackmapd.fixtures.Fixtures;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexBackedSymbolsTest {
    private static final int LOOKUPS = 1_000;

    @TempDir
    private Path folder;

    /// A cursor takes 6 KB: one for each look-up was most of its cost.
    @Test
    void aLookupMakesNoCursor() throws Exception {
        try (IndexBackedSymbols names = open("liblibrary.so")) {
            ElfAddress nowhere = new ElfAddress(names.index().base() - 1);
            ElfAddress somewhere = new ElfAddress(names.index().base());
            assertThat(names.find(nowhere).frames()).isEmpty();
            assertThat(names.find(somewhere).frames()).hasSize(1);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < LOOKUPS; i++) {
                names.find(nowhere);
                names.find(somewhere);
            }
            long each = (threads.getCurrentThreadAllocatedBytes() - before) / LOOKUPS;
            assertThat(each).isLessThan(2_000);
        }
    }

    private IndexBackedSymbols open(String fixture) throws Exception {
        Path place = folder.resolve("an.index");
        try (ElfFile file = ElfFile.open(Fixtures.path("binaries/" + fixture), ParseLimits.DEFAULT)) {
            IndexOrigin origin = new IndexOrigin(BuildId.parse("0a").orElseThrow(), "test");
            new IndexBuilder(origin, IndexSettings.DEFAULT)
                    .symbols(FileSymbols.read(file).tables().getFirst())
                    .write(place);
        }
        SymbolIndex index = ((IndexOpening.Ready) SymbolIndex.open(place)).index();
        return new IndexBackedSymbols(index, () -> {});
    }
}
