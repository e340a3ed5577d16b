package dev.stackmapd.elfcore.index;

import com.code_intelligence.jazzer.junit.FuzzTest;

/// Opens any bytes as an index, with correct checksums: opening fails, or look-ups throw no exception
/// but [dev.stackmapd.elfcore.bytes.MalformedBinaryException].
///
/// In a normal test run the target reads the inputs checked in beside it. To search for new ones for a
/// minute: `JAZZER_FUZZ=1 mvn -pl elf-core -am test -Dtest=IndexFuzzTest
/// -Dsurefire.failIfNoSpecifiedTests=false`. A finding is kept under `src/test/resources`, named for the
/// bug.
class IndexFuzzTest {

    @FuzzTest(maxDuration = "10s")
    void index(byte[] bytes) {
        byte[] index = bytes.clone();
        IndexBytes.repair(index);
        if (SymbolIndex.of("fuzz", index) instanceof IndexOpening.Ready ready) {
            try (SymbolIndex opened = ready.index()) {
                IndexBytes.askEverything(opened);
            }
        }
    }
}
