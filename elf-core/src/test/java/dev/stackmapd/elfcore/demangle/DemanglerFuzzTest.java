package dev.stackmapd.elfcore.demangle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/// Demangles any bytes: nothing is thrown, the limits hold, and a second call gives the same answer.
///
/// A normal test run replays the corpus beside it. To fuzz: `JAZZER_FUZZ=1 mvn -o -pl elf-core -am test
/// -Dtest=DemanglerFuzzTest -Dsurefire.failIfNoSpecifiedTests=false`.
class DemanglerFuzzTest {

    private static final Demangler DEMANGLER = new Demangler();

    @FuzzTest(maxDuration = "10s")
    void anyName(byte[] bytes) {
        String name = new String(bytes, UTF_8);
        for (DemangleMode mode : DemangleMode.values()) {
            String shown = DEMANGLER.demangle(name, mode);
            assertThat(shown.equals(name) || shown.getBytes(UTF_8).length <= DemangleLimits.DEFAULT.maxOutputBytes())
                    .isTrue();
            assertThat(DEMANGLER.demangle(name, mode)).isEqualTo(shown);
        }
    }
}
