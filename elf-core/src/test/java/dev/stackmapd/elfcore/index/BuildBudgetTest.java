package dev.stackmapd.elfcore.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import dev.stackmapd.fixtures.HostileDwarf;
import dev.stackmapd.fixtures.HostileDwarf.Much;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests the limits of a build: real binaries stay far below them, and hostile ones are rejected before
/// they have used the memory.
class BuildBudgetTest {
    private static final long LITTLE = 8 << 20;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Much.class)
    void tooMuchOfOneUnitIsRefusedWithAReason(Much kind) throws Exception {
        byte[] file = kind.file(1 << 20);
        assertThat(file).hasSizeLessThan(10_000);
        assertThat(build(file, IndexSettings.of(LITTLE)))
                .isEqualTo(new IndexBuilding.TooLarge(
                        "building the index takes more than " + LITTLE + " bytes of memory"));
        assertThat(folder).isEmptyDirectory();
    }

    /// A build succeeds with exactly the memory that it was charged for, and fails with one byte less.
    @ParameterizedTest
    @EnumSource(Much.class)
    void theChargeIsWhatItNeeds(Much kind) throws Exception {
        byte[] file = kind.file(100_000);
        IndexSettings much = new IndexSettings(1 << 20, 1 << 28, 1 << 28, 1 << 28);
        IndexBuilding.Built built = (IndexBuilding.Built) build(file, much);
        // A row has 20 bytes, a range 20, a node 60; arrays have at most twice the length while they grow.
        assertThat(built.memoryBytes()).isBetween(20L * 100_000, 400L * 100_000);
        assertThat(build(file, new IndexSettings(1 << 20, built.memoryBytes(), 1 << 28, 1 << 28)))
                .isEqualTo(built);
        assertThat(build(file, new IndexSettings(1 << 20, built.memoryBytes() - 1, 1 << 28, 1 << 28)))
                .isInstanceOf(IndexBuilding.TooLarge.class);
    }

    @Test
    void aSharedLineProgramRunsOutOfSteps() throws Exception {
        byte[] file = HostileDwarf.units(1000, 100_000);
        assertThat(build(file, new IndexSettings(1 << 20, 1 << 26, 1 << 28, 10_000_000)))
                .isEqualTo(new IndexBuilding.TooLarge("line program takes more than 10000000 steps"));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void temporaryFilesAreBounded() throws Exception {
        byte[] file = HostileDwarf.units(1000, 100);
        assertThat(build(file, new IndexSettings(1, 1 << 26, 1 << 14, 1 << 30)))
                .isEqualTo(new IndexBuilding.TooLarge("building the index takes more than 16384 bytes of files"));
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @MethodSource("dev.stackmapd.elfcore.dwarf.FixtureFinder#binaries")
    void fixturesNeedLittleOfTheDefault(Path binary) throws Exception {
        IndexBuilding.Built built = (IndexBuilding.Built) FixtureIndex.build(binary, folder.resolve("index"));
        assertThat(built.memoryBytes()).isLessThan(IndexSettings.DEFAULT.memoryBytes() / 100);
    }

    /// Libraries of this machine, where their debug information is beside them or in `/usr/lib/debug`.
    @ParameterizedTest
    @MethodSource("largeBinaries")
    void largeBinariesFitTheDefault(Path binary) throws Exception {
        IndexBuilding.Built built = (IndexBuilding.Built) FixtureIndex.build(binary, folder.resolve("index"));
        assertThat(built.memoryBytes()).isLessThan(IndexSettings.DEFAULT.memoryBytes());
    }

    static List<Path> largeBinaries() {
        return Stream.of("/usr/lib/x86_64-linux-gnu/libstdc++.so.6", "/usr/lib/x86_64-linux-gnu/libc.so.6")
                .map(Path::of)
                .filter(Files::exists)
                .toList();
    }

    /// A build with a quarter of the heap does not run out of memory, even if it needs nearly all of
    /// that.
    @ParameterizedTest
    @EnumSource(Much.class)
    void aSmallHeapSuffices(Much kind) throws Exception {
        Path large = Files.write(folder.resolve("large"), kind.file(20_000_000));
        Path fitting = Files.write(folder.resolve("fitting"), kind.file(40_000));
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BuildBudgetTest.class.getName(),
                        large.toString(),
                        fitting.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).as(said).isZero();
        assertThat(said.lines().map(line -> line.replaceAll("\\[.*", ""))).containsExactly("TooLarge", "Built");
    }

    /// Builds the indexes of two files in a JVM with a small heap.
    static void main(String[] files) throws Exception {
        for (String name : files) {
            Path target = Path.of(name + ".index");
            System.out.println(build(Files.readAllBytes(Path.of(name)), IndexSettings.of(32 << 20), target));
        }
    }

    private IndexBuilding build(byte[] file, IndexSettings settings) throws Exception {
        Path target = folder.resolve("index");
        try {
            return build(file, settings, target);
        } finally {
            Files.deleteIfExists(target);
        }
    }

    private static IndexBuilding build(byte[] file, IndexSettings settings, Path target) throws Exception {
        try (ElfFile elf = ElfFile.of("hostile", file, ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(elf, DebugFileFinder.NONE)) {
            return new IndexBuilder(FixtureIndex.ORIGIN, settings)
                    .dwarf(dwarf)
                    .symbols(SymbolTable.read(elf))
                    .write(target);
        }
    }
}
