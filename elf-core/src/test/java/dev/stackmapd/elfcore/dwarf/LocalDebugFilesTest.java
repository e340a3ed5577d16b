package dev.stackmapd.elfcore.dwarf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder.Query;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests where files are looked for, and which files a path in debug information must not reach.
class LocalDebugFilesTest {
    private static final Path UNIT = Fixtures.path("binaries/dwarf/split-gcc5/main.dwo");
    private static final Path UNIT_BEFORE_VERSION_5 = Fixtures.path("binaries/dwarf/split-gcc4/main.dwo");
    private static final Path OTHER_UNIT = Fixtures.path("binaries/dwarf/split-gcc5/shapes.dwo");
    // As llvm-dwarfdump-19 prints them.
    private static final long ID = 0x79b086eb8bd50d9dL;
    private static final long ID_BEFORE_VERSION_5 = 0x325a49e0f72368f8L;
    private static final Path COMMON = Fixtures.path("binaries/dwarf/dwz-common.debug");

    @TempDir
    Path folder;

    private Path program = Path.of("");
    private Path build = Path.of("");

    @BeforeEach
    void folders() throws IOException {
        program = Files.createDirectories(folder.resolve("bin")).resolve("program");
        build = Files.createDirectories(folder.resolve("build"));
    }

    @Test
    void aPackageLiesBesideTheFile() throws Exception {
        Files.copy(UNIT, program.resolveSibling("program.dwp"));
        assertThat(source(beside(), new Query.SplitPackage(0))).contains("program.dwp");
    }

    @Test
    void aUnitIsWhereItWasWritten() throws Exception {
        Files.copy(UNIT, build.resolve("main.dwo"));
        Query relative = new Query.SplitUnit("main.dwo", build.toString(), ID);
        Query absolute = new Query.SplitUnit(build.resolve("main.dwo").toString(), "", ID);
        assertThat(source(within(build), relative)).contains("main.dwo");
        assertThat(source(within(build), absolute)).contains("main.dwo");
    }

    @Test
    void pathsLeadNowhereElse() throws Exception {
        Files.copy(UNIT, build.resolve("main.dwo"));
        Files.createSymbolicLink(program.resolveSibling("link.dwo"), build.resolve("main.dwo"));
        for (String name : List.of(build.resolve("main.dwo").toString(), "../build/main.dwo", "link.dwo")) {
            assertThat(source(beside(), new Query.SplitUnit(name, "", ID)))
                    .as(name)
                    .isEmpty();
            assertThat(source(beside(), new Query.Alternate(name, BuildId.of(new byte[] {1, 2}))))
                    .as(name)
                    .isEmpty();
        }
        assertThat(source(beside(), new Query.SplitUnit("main.dwo", build.toString(), ID)))
                .isEmpty();
        assertThat(source(beside(), new Query.SplitUnit("a\0b", "", ID))).isEmpty();
        assertThat(source(beside(), new Query.Alternate("a\0b", BuildId.of(new byte[] {1, 2}))))
                .isEmpty();
    }

    @Test
    void aUnitThatMovedLiesBesideTheFile() throws Exception {
        Path moved = Files.createDirectories(program.resolveSibling("objects"));
        Files.copy(UNIT, moved.resolve("main.dwo"));
        assertThat(source(beside(), new Query.SplitUnit("objects/main.dwo", "/gone", ID)))
                .contains("main.dwo");
        Files.copy(UNIT, program.resolveSibling("other.dwo"));
        assertThat(source(beside(), new Query.SplitUnit("/gone/objects/other.dwo", "/gone", ID)))
                .contains("other.dwo");
    }

    @Test
    void aUnitOfAnotherIdIsPassedOver() throws Exception {
        Path moved = Files.createDirectories(program.resolveSibling("objects"));
        Query query = new Query.SplitUnit("objects/main.dwo", build.toString(), ID);
        Files.copy(OTHER_UNIT, Files.createDirectories(build.resolve("objects")).resolve("main.dwo"));
        assertThat(source(within(build), query)).isEmpty();
        Files.copy(UNIT_BEFORE_VERSION_5, moved.resolve("main.dwo"));
        assertThat(source(within(build), query)).isEmpty();
        Files.copy(UNIT, program.resolveSibling("main.dwo"));
        try (ElfFile found = within(build).find(query).orElseThrow()) {
            assertThat(SplitFiles.holds(found, ID)).isTrue();
        }
        Query old = new Query.SplitUnit("objects/main.dwo", build.toString(), ID_BEFORE_VERSION_5);
        try (ElfFile found = within(build).find(old).orElseThrow()) {
            assertThat(SplitFiles.holds(found, ID_BEFORE_VERSION_5)).isTrue();
        }
    }

    @Test
    void aDamagedUnitIsPassedOverAndSaidIfThereIsNoOther() throws Exception {
        Query query = new Query.SplitUnit("main.dwo", build.toString(), ID);
        Files.write(build.resolve("main.dwo"), new byte[] {0x7f, 'E', 'L', 'F'});
        assertThatThrownBy(() -> source(within(build), query)).isInstanceOf(MalformedBinaryException.class);
        Files.copy(UNIT, program.resolveSibling("main.dwo"));
        assertThat(source(within(build), query)).contains("main.dwo");
    }

    @Test
    void anAlternateFileIsTheOneWithTheBuildId() throws Exception {
        BuildId id = buildId(COMMON);
        Query query = new Query.Alternate("../common.debug", id);
        Path tree = build.resolve(".build-id").resolve(id.hex().substring(0, 2));
        Files.createDirectories(tree);
        LocalDebugFiles finder = new LocalDebugFiles(program, List.of(folder), List.of(build), ParseLimits.DEFAULT);
        // A file of the right name with another build-id is skipped.
        Files.copy(Fixtures.path("binaries/dwarf/plain"), folder.resolve("common.debug"));
        assertThat(source(finder, query)).isEmpty();
        Path inTree = tree.resolve(id.hex().substring(2) + ".debug");
        Files.copy(COMMON, inTree);
        assertThat(source(finder, query)).contains(inTree.getFileName().toString());
        Files.delete(folder.resolve("common.debug"));
        Files.copy(COMMON, folder.resolve("common.debug"));
        assertThat(source(finder, query)).contains("common.debug");
    }

    private LocalDebugFiles beside() {
        return new LocalDebugFiles(program, List.of(), List.of(), ParseLimits.DEFAULT);
    }

    private LocalDebugFiles within(Path allowed) {
        return new LocalDebugFiles(program, List.of(allowed), List.of(), ParseLimits.DEFAULT);
    }

    private static Optional<String> source(LocalDebugFiles finder, Query query) throws Exception {
        Optional<ElfFile> found = finder.find(query);
        found.ifPresent(ElfFile::close);
        return found.map(ElfFile::source);
    }

    private static BuildId buildId(Path path) throws Exception {
        try (ElfFile file = ElfFile.open(path, ParseLimits.DEFAULT)) {
            return ((BuildIdSearch.Found) file.buildId()).buildId();
        }
    }
}
