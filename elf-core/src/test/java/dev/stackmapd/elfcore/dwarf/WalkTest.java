package dev.stackmapd.elfcore.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A linear search in the data of a walk agrees with look-ups on every binary of `binaries/dwarf/`.
class WalkTest {

    @ParameterizedTest
    @MethodSource("dev.stackmapd.elfcore.dwarf.ExpectedFrames#all")
    void agreesWithLookUps(ExpectedFrames expected) throws Exception {
        try (ElfFile file = ElfFile.open(expected.binary(), ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(file, DwarfFixturesTest.finder(expected))) {
            Walked walked = new Walked();
            dwarf.walk(walked, Walked.budget());
            assertThat(walked.skipped()).isEmpty();
            for (long address : expected.frames().keySet()) {
                if (dwarf.lookup(new ElfAddress(address)) instanceof DwarfAnswer.Found found) {
                    check(address, found.frames(), walked);
                }
            }
        }
    }

    private static void check(long address, List<DwarfFrame> frames, Walked walked) {
        DwarfFrame innermost = frames.getFirst();
        assertThat(walked.chain(address)).as("0x%x", address).isEqualTo(chain(frames));
        assertThat(walked.place(address))
                .as("0x%x", address)
                .isEqualTo(innermost.file()
                        + ':'
                        + innermost.line()
                        + ':'
                        + innermost.column()
                        + '/'
                        + innermost.discriminator());
    }

    private static List<String> chain(List<DwarfFrame> frames) {
        List<String> chain = new ArrayList<>();
        if (frames.getFirst().entry() == 0) {
            // A line without a function.
            return chain;
        }
        for (DwarfFrame frame : frames) {
            String name = frame.names().rawName();
            chain.add(chain.isEmpty() ? name : "%s at %s:%d".formatted(name, frame.file(), frame.line()));
        }
        return chain;
    }
}
