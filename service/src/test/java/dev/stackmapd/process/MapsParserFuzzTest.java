package dev.stackmapd.process;

import com.code_intelligence.jazzer.junit.FuzzTest;

/// Any bytes at all: the parser throws nothing, keeps its warnings bounded and reads what [ReferenceMaps] reads.
///
/// In an ordinary test run the inputs in the resources folder are tried once each. To search for new ones:
/// `JAZZER_FUZZ=1 mvn -pl service -am test -Dtest=MapsParserFuzzTest -Dsurefire.failIfNoSpecifiedTests=false`
class MapsParserFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void agreesWithTheReference(byte[] text) {
        MapsAgreement.assertAgrees(text);
        MapsAgreement.assertFindsTheSame(text, 64);
    }
}
