package dev.stackmapd.elfcore.gsym;

import com.code_intelligence.jazzer.junit.FuzzTest;

/// Reads any bytes as a GSYM file: the result is an answer or the one exception.
///
/// In a normal test run the target reads the inputs checked in beside it. To search for new ones for a
/// minute: `JAZZER_FUZZ=1 mvn -pl elf-core -am test -Dtest=GsymFuzzTest
/// -Dsurefire.failIfNoSpecifiedTests=false`. A finding is kept under `src/test/resources`, named for the
/// bug.
class GsymFuzzTest {

    @FuzzTest(maxDuration = "10s")
    void gsym(byte[] bytes) {
        HostileGsymTest.ask(bytes, "fuzz");
    }
}
