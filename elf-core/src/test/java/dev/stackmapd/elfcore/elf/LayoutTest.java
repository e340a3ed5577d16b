package dev.stackmapd.elfcore.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.bytes.ByteArrayBytes;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.Layout.Linked;
import dev.stackmapd.elfcore.elf.Layout.Offsets;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.ExpectedAnswers;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.fixtures.RawSegment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests which files of one build-id may be of the same binary. The files were written by the tools that
/// their names tell (`build-layouts.sh`); readelf printed their contents.
class LayoutTest {
    private static final List<String> GROUPS = List.of("pie", "fixed", "module", "bolt");

    @ParameterizedTest
    @CsvSource({
        "pie, pie.objcopy",
        "pie, pie.llvm",
        "pie, pie.eu",
        "pie, pie.eu-reloc",
        "pie, pie.stripped",
        "pie, pie.eu-stripped",
        "pie, pie.compressed",
        "pie, pie.dwz",
        "pie, pie.rpath",
        "pie, pie.interpreter",
        "pie.rpath, pie.objcopy",
        "pie.rpath, pie.llvm",
        "pie.rpath, pie.eu",
        "pie.interpreter, pie.objcopy",
        "pie.stripped, pie.eu-reloc",
        "pie.objcopy, pie.eu",
        "fixed, fixed.objcopy",
        "fixed, fixed.llvm",
        "fixed, fixed.eu",
        "fixed, fixed.eu-reloc",
        "fixed, fixed.stripped",
        "fixed, fixed.compressed",
        "fixed, fixed.dwz",
        "fixed, fixed.rpath.objcopy",
        "fixed.rpath, fixed.objcopy",
        "fixed.rpath, fixed.llvm",
        "fixed.rpath, fixed.eu",
        "fixed.rpath, fixed.rpath.objcopy",
        "fixed.rpath.objcopy, fixed.eu",
        "module, module.objcopy",
        "module, module.llvm",
        "module, module.eu",
        "module, module.eu-reloc",
        "module, module.eu-stripped",
        "bolt, bolt.objcopy",
        "bolt.bolted, bolt.bolted.objcopy",
        "bolt.bolted, bolt.bolted.eu"
    })
    void filesThatToolsMadeOfOneAnotherAgree(String one, String other) throws Exception {
        assertThat(layout(one).contradictionTo(layout(other))).isEmpty();
        assertThat(layout(other).contradictionTo(layout(one))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "pie, pie.moved, executable segments in memory",
        "pie, pie.moved.objcopy, .text",
        "pie.eu, pie.moved.objcopy, .text",
        "pie, pie.shifted.objcopy, .text",
        "pie, pie.other, executable segments in memory",
        "pie.objcopy, pie.other, sizes of executable segments",
        "pie.objcopy, pie.other.eu, sizes of executable segments",
        "pie.rpath, pie.other.eu, executable segments in memory",
        "fixed, fixed.rpath, executable segments in the file",
        "fixed.stripped, fixed.rpath, executable segments in the file",
        "module, module.other, executable sections",
        "module.objcopy, module.other, executable sections",
        "pie, module, form",
        "bolt, bolt.bolted, executable segments in memory",
        "bolt.objcopy, bolt.bolted, sizes of executable segments",
        "bolt, bolt.bolted.eu, executable segments in memory",
        "bolt, bolt.bolted.objcopy, sizes of executable segments"
    })
    void filesWhoseCodeLiesElsewhereContradictOneAnother(String one, String other, String part) throws Exception {
        assertThat(layout(one).contradictionTo(layout(other)).orElseThrow().part())
                .isEqualTo(part);
        assertThat(layout(other).contradictionTo(layout(one)).orElseThrow().part())
                .isEqualTo(part);
    }

    @Test
    void aContradictionSaysWhatDiffersAndNoPath() throws Exception {
        Layout.Contradiction found =
                layout("pie").contradictionTo(layout("pie.other")).orElseThrow();

        assertThat(found.against("the uploaded executable"))
                .isEqualTo("executable segments in memory: 0x1000+0x4d here, 0x1000+0x80 in the uploaded executable");
    }

    @ParameterizedTest
    @MethodSource("linked")
    void readelfSeesTheSameSegmentsAndText(String name) throws Exception {
        Linked linked = (Linked) layout(name);

        assertThat(linked.segments().stream()
                        .map(s -> "segment 0x%06x 0x%016x 0x%06x 0x%06x"
                                .formatted(s.offset().value(), s.address().value(), s.fileSize(), s.memorySize())))
                .containsExactlyInAnyOrderElementsOf(readelf(name, "segment "));
        assertThat(readelf(name, "text "))
                .containsExactly("text %s 0x%016x 0x%06x"
                        .formatted(
                                linked.offsets() == Offsets.OWN ? "PROGBITS" : "NOBITS",
                                linked.text().start(),
                                linked.text().size()));
    }

    static List<String> linked() throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.path("binaries/layouts"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("module"))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> readelf(String name, String line) throws IOException {
        return Files.readAllLines(Fixtures.path("expected/layouts/" + name + ".readelf")).stream()
                .filter(each -> each.startsWith(line))
                .toList();
    }

    /// `fixed` has its notes in the executable segment, so that a debug file has a part of that.
    @ParameterizedTest
    @CsvSource({
        "pie, OWN",
        "pie.stripped, OWN",
        "pie.rpath, OWN",
        "pie.eu, OF_EXECUTABLE",
        "pie.eu-reloc, OF_EXECUTABLE",
        "pie.objcopy, LOST",
        "pie.llvm, LOST",
        "fixed, OWN",
        "fixed.eu, OF_EXECUTABLE",
        "fixed.eu-reloc, OF_EXECUTABLE",
        "fixed.objcopy, LOST",
        "fixed.llvm, LOST",
        "bolt.bolted, OWN",
        "bolt.bolted.eu, OF_EXECUTABLE",
        "bolt.bolted.objcopy, LOST"
    })
    void onlyDebugFilesByEuStripKeepTheOffsetsOfTheExecutable(String name, Offsets offsets) throws Exception {
        Linked layout = (Linked) layout(name);

        assertThat(layout.offsets()).isEqualTo(offsets);
        assertThat(layout.isBridge()).isEqualTo(offsets != Offsets.LOST);
    }

    @Test
    void theSegmentsOfADebugFileByEuStripAreThoseOfTheExecutable() throws Exception {
        assertThat(((Linked) layout("pie.eu")).segments()).isEqualTo(((Linked) layout("pie")).segments());
        assertThat(((Linked) layout("fixed.eu")).segments()).isEqualTo(((Linked) layout("fixed")).segments());
    }

    @Test
    void theHeadOfAFileShowsItsSegments() throws Exception {
        List<String> names = new ArrayList<>(ExpectedAnswers.binariesWithSymbols());
        names.removeIf(name -> name.endsWith(".o"));
        names.addAll(List.of("layouts/pie", "layouts/fixed.rpath", "layouts/bolt.bolted"));
        for (String name : names) {
            byte[] bytes = Files.readAllBytes(Fixtures.path("binaries/" + name));
            Layout whole = layoutOf(bytes);

            Layout head = LayoutReader.read(new ByteArrayBytes("head", bytes));

            assertThat(((Linked) head).segments()).as(name).isEqualTo(((Linked) whole).segments());
            assertThat(((Linked) head).offsets()).isEqualTo(Offsets.OWN);
            assertThat(head.contradictionTo(whole)).isEmpty();
        }
    }

    @Test
    void aHeadThatIsCutShortShowsAllSegmentsOrNothing() throws Exception {
        byte[] bytes = Files.readAllBytes(Fixtures.path("binaries/segments"));
        Layout whole = LayoutReader.read(new ByteArrayBytes("head", bytes));

        for (int length = 0; length < 1_024; length++) {
            Layout cut = LayoutReader.read(new ByteArrayBytes("head", Arrays.copyOf(bytes, length)));
            assertThat(cut).as("%d bytes", length).isIn(Layout.Linked.UNKNOWN, whole);
        }
        assertThat(whole).isNotEqualTo(Layout.Linked.UNKNOWN);
    }

    @Test
    void aHeadThatLiesIsReadAllTheSame() throws Exception {
        byte[] bytes = Arrays.copyOf(Files.readAllBytes(Fixtures.path("binaries/segments")), 1_024);

        for (int at = 0; at < bytes.length; at++) {
            for (int lie : new int[] {0, 1, 0x7f, 0xff}) {
                byte[] lying = bytes.clone();
                lying[at] = (byte) lie;
                assertThat(LayoutReader.read(new ByteArrayBytes("head", lying))).isNotNull();
            }
        }
    }

    @Test
    void aFileOfWhichNothingIsKnownAgreesWithAll() throws Exception {
        for (String name : GROUPS) {
            assertThat(Layout.Linked.UNKNOWN.contradictionTo(layout(name))).isEmpty();
            assertThat(layout(name).contradictionTo(Layout.Linked.UNKNOWN)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {33, 256})
    void moreExecutableSegmentsThanAnyoneHasAreAnError(int segments) {
        byte[] bytes = ElfBuilder.elf64()
                .type(ElfBuilder.ET_DYN)
                .segments(segments, RawSegment.load(0, 0x1000, 0x40))
                .build();

        assertThatThrownBy(() -> layoutOf(bytes))
                .isInstanceOf(MalformedBinaryException.class)
                .hasMessageContaining(segments + " executable segments");
    }

    private static Layout layout(String name) throws Exception {
        return layoutOf(Files.readAllBytes(Fixtures.path("binaries/layouts/" + name)));
    }

    private static Layout layoutOf(byte[] bytes) throws MalformedBinaryException {
        try (ElfFile file = ElfFile.of("layout", bytes, ParseLimits.DEFAULT)) {
            return file.layout();
        }
    }
}
