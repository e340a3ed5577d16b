package dev.stackmapd.elfcore.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.ExpectedFrames.ExpectedFrame;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.SymbolEntries;
import dev.stackmapd.fixtures.Fixtures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Look-ups agree with llvm-symbolizer on every binary of `binaries/dwarf/`: frames, files, lines,
/// columns, discriminators, and names, see [NameAgreement].
class DwarfFixturesTest {

    @ParameterizedTest
    @MethodSource("dev.stackmapd.elfcore.dwarf.ExpectedFrames#all")
    void agreesWithLlvmSymbolizer(ExpectedFrames expected) throws Exception {
        check(expected, finder(expected));
    }

    @ParameterizedTest
    @MethodSource("dev.stackmapd.elfcore.dwarf.ExpectedFrames#all")
    void agreesWithSingleSplitFiles(ExpectedFrames expected) throws Exception {
        DebugFileFinder finder = finder(expected);
        check(
                expected,
                query -> query instanceof DebugFileFinder.Query.SplitPackage ? Optional.empty() : finder.find(query));
    }

    /// llvm-symbolizer joins `\src\root.cc` with the folder of the unit; to Windows it is a path from
    /// the root of the current drive.
    @Test
    void aPathFromTheRootOfADriveIsAbsolute() throws Exception {
        try (ElfFile file = ElfFile.open(Fixtures.path("binaries/dwarf/windows-root"), ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
            SymbolEntries symbols = file.symtab().orElseThrow();
            List<String> paths = new ArrayList<>();
            for (long i = 0; i < symbols.count(); i++) {
                symbols.moveTo(i);
                if (symbols.isCode()) {
                    DwarfAnswer answer = dwarf.lookup(new ElfAddress(symbols.address()));
                    paths.add(((DwarfAnswer.Found) answer).frames().getFirst().file());
                }
            }
            assertThat(paths)
                    .containsExactlyInAnyOrder(
                            "C:\\src\\drive.cc",
                            "C:/src/slashes.cc",
                            "\\\\server\\share\\server.cc",
                            "\\src\\root.cc",
                            "\\build/below\\relative.cc");
        }
    }

    static DebugFileFinder finder(ExpectedFrames expected) {
        return new LocalDebugFiles(expected.binary(), List.of(), List.of(), ParseLimits.DEFAULT);
    }

    static void check(ExpectedFrames expected, DebugFileFinder finder) throws Exception {
        try (ElfFile file = ElfFile.open(expected.binary(), ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(file, finder)) {
            NameAgreement names = new NameAgreement(file);
            for (Map.Entry<Long, List<ExpectedFrame>> entry : expected.frames().entrySet()) {
                check(entry.getKey(), dwarf.lookup(new ElfAddress(entry.getKey())), entry.getValue(), names);
            }
        }
    }

    private static void check(long address, DwarfAnswer answer, List<ExpectedFrame> expected, NameAgreement names) {
        String at = "0x" + Long.toHexString(address);
        assertThat(answer.skipped()).as(at).isEmpty();
        List<DwarfFrame> frames = switch (answer) {
            case DwarfAnswer.Found found -> found.frames();
            case DwarfAnswer.Missing missing -> List.of();
        };
        assertThat(frames.stream().map(DwarfFixturesTest::place).toList())
                .as(at)
                .isEqualTo(expected.stream().map(DwarfFixturesTest::place).toList());
        for (int i = 0; i < frames.size(); i++) {
            String theirs = expected.get(i).frame().name();
            FunctionNames ours = frames.get(i).names();
            NameAgreement.Verdict name = frames.get(i).inlined()
                    ? NameAgreement.compareInlined(ours, theirs)
                    : names.compare(frames.get(i), theirs, address);
            assertThat(name.agrees())
                    .as("%s frame %d: %s for %s", at, i, ours, theirs)
                    .isTrue();
        }
    }

    static String place(DwarfFrame frame) {
        return "%s:%d:%d/%d".formatted(frame.file(), frame.line(), frame.column(), frame.discriminator());
    }

    static String place(ExpectedFrame expected) {
        ForeignFrame frame = expected.frame();
        return "%s:%d:%d/%d".formatted(frame.file(), frame.line(), frame.column(), expected.discriminator());
    }
}
