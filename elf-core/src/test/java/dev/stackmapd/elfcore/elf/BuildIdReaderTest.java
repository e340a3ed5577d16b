package dev.stackmapd.elfcore.elf;

import static dev.stackmapd.elfcore.elf.BuildIdProfile.KERNEL;
import static dev.stackmapd.elfcore.elf.BuildIdProfile.LENIENT;
import static dev.stackmapd.fixtures.ElfBuilder.elf32;
import static dev.stackmapd.fixtures.ElfBuilder.elf64;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ByteArrayBytes;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import dev.stackmapd.elfcore.elf.BuildIdSearch.Missing;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.HeaderField;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.fixtures.RawSection;
import dev.stackmapd.fixtures.RawSegment;
import java.io.IOException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every row of the kernel's conformance corpus (ELF-50 to ELF-80), in both profiles. The KERNEL column
/// is what a live kernel answered; the LENIENT one is DEV-16 and DEV-17 applied to the same bytes.
class BuildIdReaderTest {
    private static final int AT = 0x200;
    private static final long MAX = 0xffff_ffffL;
    private static final byte[] ID = RawNote.countingBytes(20);
    private static final HexFormat HEX = HexFormat.of();
    private static final RawNote N = RawNote.buildIdOf(20);
    private static final RawNote XEN = RawNote.note("Xen", 3, (byte) 9, (byte) 9, (byte) 9, (byte) 9);
    private static final RawNote ABI_TAG = RawNote.note("GNU", 1, new byte[16]);
    private static final RawNote EMPTY = RawNote.named(new byte[0], 0);

    /// @param rule the row's id, and what differs from the recipe
    private record Row(String rule, RandomAccessBytes file, String kernel, String lenient) {}

    @TestFactory
    Stream<DynamicTest> everyRowOfTheCorpus() {
        return Stream.of(shapes(), sizes(), orders(), damage(), headers(), places(), cuts())
                .flatMap(rows -> rows)
                .flatMap(row -> Stream.of(
                        DynamicTest.dynamicTest(row.rule + ", kernel", () -> check(KERNEL, row.file, row.kernel)),
                        DynamicTest.dynamicTest(row.rule + ", lenient", () -> check(LENIENT, row.file, row.lenient))));
    }

    private static Stream<Row> shapes() {
        return Stream.of(
                row("ELF-50 baseline", recipe(N), "20"),
                row("ELF-50 32-bit class", elf32().noteSegment(AT, N), "20"),
                row("ELF-50 type EXEC", recipe(N).type(ElfBuilder.ET_EXEC), "20"),
                row("ELF-68 type REL", recipe(N).type(ElfBuilder.ET_REL), "NOT_ELF", "20"),
                row("ELF-68 type CORE", recipe(N).type(ElfBuilder.ET_CORE), "NOT_ELF"),
                row("ELF-68 class 3", recipe(N).ident(ElfBuilder.EI_CLASS, 3), "NOT_ELF"),
                row("ELF-68 magic altered", recipe(N).ident(2, 'M'), "NOT_ELF"),
                new Row("ELF-68 not ELF", bytes("#!/bin/sh\nexec true\n".getBytes(US_ASCII)), "NOT_ELF", "NOT_ELF"),
                new Row("ELF-68 empty file", bytes(new byte[0]), "NOT_ELF", "NOT_ELF"),
                row("ELF-69 big-endian", recipe(N).bigEndian(), "NOT_ELF", "20"),
                row("ELF-69 big-endian, 32-bit", elf32().bigEndian().noteSegment(AT, N), "NOT_ELF", "20"),
                row(
                        "ELF-70 encoding byte 2 on little-endian contents",
                        recipe(N).ident(5, 2),
                        "20",
                        "NOT_ELF"),
                row("ELF-70 identification version 9", recipe(N).ident(ElfBuilder.EI_VERSION, 9), "20"),
                row("ELF-70 entry size field 1", recipe(N).header(HeaderField.E_PHENTSIZE, 1), "20"),
                row("ELF-79 all-zero id", recipe(RawNote.buildId(new byte[20])), "00".repeat(20)),
                row("ELF-80 no PT_NOTE", elf64().segment(RawSegment.load(0, 64, 0)), "NO_NOTE"));
    }

    private static Stream<Row> sizes() {
        Stream<Row> whole = Stream.of(1, 2, 3, 4, 8, 16, 19, 20)
                .map(length -> row("ELF-51 id of " + length, recipe(RawNote.buildIdOf(length)), "" + length));
        Stream<Row> refused = Stream.of(0, 21, 32, 64, 65)
                .map(length -> row(
                        "ELF-52 id of " + length,
                        recipe(RawNote.buildIdOf(length)),
                        "NO_NOTE",
                        length == 0 || length > 64 ? "NO_NOTE" : "" + length));
        Stream<Row> unpadded = Stream.of(3, 18, 19)
                .map(length -> row(
                        "ELF-53 DEV-17 id of " + length + " without its padding",
                        elf64().noteSegment(AT, 16 + length, RawNote.buildIdOf(length)),
                        "BAD_NOTE",
                        "" + length));
        Stream<Row> followed = Stream.of(2, 3)
                .map(length -> row(
                        "ELF-54 id of " + length + " with more notes after it",
                        recipe(RawNote.buildIdOf(length), ABI_TAG),
                        "" + length));
        Stream<Row> shortSegments = Stream.of(
                row("ELF-55 segment of 30", elf64().noteSegment(AT, 30, N), "BAD_NOTE"),
                row("ELF-55 segment of 17", elf64().noteSegment(AT, 17, N), "BAD_NOTE"),
                row("ELF-55 segment of 16", elf64().noteSegment(AT, 16, N), "NO_NOTE", "BAD_NOTE"));
        return Stream.of(whole, refused, unpadded, followed, shortSegments).flatMap(rows -> rows);
    }

    private static Stream<Row> orders() {
        return Stream.of(
                row("ELF-56 Xen note of type 3 first", recipe(XEN, N), "20"),
                row("ELF-57 GNU note of type 1 first", recipe(ABI_TAG, N), "20"),
                row("ELF-58 GNU with namesz 3", recipe(RawNote.named(new byte[] {'G', 'N', 'U'}, 3, ID)), "NO_NOTE"),
                row("ELF-58 GNU with namesz 5", recipe(RawNote.named("GNU\0\0".getBytes(US_ASCII), 3, ID)), "NO_NOTE"),
                row("ELF-59 two good notes", recipe(RawNote.buildIdOf(8), N), "8"),
                row("ELF-60 21-byte id, then N", recipe(RawNote.buildIdOf(21), N), "20", "21"),
                row("ELF-60 0-byte id, then N", recipe(RawNote.buildIdOf(0), N), "20"),
                row("ELF-67 three 12-byte all-zero notes, then N", recipe(EMPTY, EMPTY, EMPTY, N), "20"));
    }

    private static Stream<Row> damage() {
        ElfBuilder wrapsName = recipe(EMPTY.withNameSize(MAX), N);
        ElfBuilder wrapsDesc = recipe(EMPTY.withDescSize(MAX), N);
        return Stream.of(
                row("ELF-61 first of size 8", brokenThenGood(AT, 8), "20"),
                row("ELF-61 first past the file's end", brokenThenGood(0x10000, 36), "20"),
                row("ELF-61 first at 2^32", brokenThenGood(1L << 32, 36), "20"),
                row("ELF-61 first at 2^64-16", brokenThenGood(-16, 36), "20"),
                row("ELF-62 size 2^32+36", elf64().noteSegment(AT, (1L << 32) + 36, N), "20"),
                row("ELF-63 size 0xffffffff", elf64().noteSegment(AT, MAX, N), "BAD_NOTE", "20"),
                row("ELF-64 size 0xfffffdff", elf64().noteSegment(AT, 0xfffffdffL, N), "20"),
                row("ELF-65 namesz 0xffffffff", wrapsName, "20", "BAD_NOTE"),
                row("ELF-65 descsz 0xffffffff", wrapsDesc, "20", "BAD_NOTE"),
                row("ELF-66 namesz 0xfffffffc", recipe(EMPTY.withNameSize(0xfffffffcL), N), "BAD_NOTE"));
    }

    private static Stream<Row> headers() {
        return Stream.of(
                row("ELF-72 table offset 0", recipe(N).header(HeaderField.E_PHOFF, 0), "NO_NOTE"),
                row("ELF-72 table offset near 2^64", recipe(N).header(HeaderField.E_PHOFF, -56), "TRUNCATED"),
                row("ELF-72 table offset wraps past 2^64", recipe(N).header(HeaderField.E_PHOFF, -1), "TRUNCATED"),
                row("ELF-72 zero entries", recipe(N).header(HeaderField.E_PHNUM, 0), "NO_NOTE"),
                row("ELF-73 65535 declared, note in entry 0", recipe(N).header(HeaderField.E_PHNUM, 0xffff), "20"),
                row("ELF-74 note in entry 255", unusedThenNote(255), "20"),
                row("ELF-74 note in entry 256", unusedThenNote(256), "NO_NOTE"),
                row(
                        "ELF-75 300 declared, table runs off the file",
                        elf64().segments(3, RawSegment.unused()).header(HeaderField.E_PHNUM, 300),
                        "TRUNCATED"));
    }

    private static Stream<Row> places() {
        return Stream.of(
                row("ELF-71 table at 0x1000", elf64().programHeadersAt(0x1000).noteSegment(AT, N), "20"),
                row(
                        "ELF-71 table entry straddles 0xff0-0x1028",
                        elf64().programHeadersAt(0xff0).noteSegment(AT, N),
                        "20"),
                row("ELF-76 note at 0x5000", elf64().noteSegment(0x5000, N), "20"),
                row("ELF-76 note header straddles a page", elf64().noteSegment(0xff8, N), "20"),
                row("ELF-76 descriptor straddles a page", elf64().noteSegment(0xfe8, N), "20"),
                row("ELF-76 odd offset", elf64().noteSegment(0x201, N), "20"),
                row("attack 11: second note straddles the window", elf64().noteSegment(0xfc4, ABI_TAG, N), "20"));
    }

    private static Stream<Row> cuts() {
        Stream<Row> cut = Stream.of(AT + 35, AT + 17, AT + 16, AT + 1, AT, 120, 119, 64, 63, 18, 17, 4, 1)
                .map(length -> row("ELF-78 cut to " + length, recipe(N).length(length), "TRUNCATED"));
        return Stream.concat(
                Stream.of(
                        row("ELF-77 cut exactly after the descriptor", recipe(N).length(AT + 36), "20")),
                cut);
    }

    @TestFactory
    Stream<DynamicTest> sectionsWhereNoSegmentHasTheNote() {
        RawSection note = RawSection.notes(".note.gnu.build-id", RawNote.buildIdOf(20));
        return Stream.of(
                        row("SHT_NOTE alone", elf64().section(note), "NO_NOTE", "20"),
                        row(
                                "SHT_NOTE in ET_REL",
                                elf64().type(ElfBuilder.ET_REL).section(note),
                                "NOT_ELF",
                                "20"),
                        row("32-bit, big-endian", elf32().bigEndian().section(note), "NOT_ELF", "20"),
                        row("segments first", recipe(RawNote.buildIdOf(8)).section(note), "8", "8"),
                        row(
                                "after a bad segment",
                                elf64().noteSegment(AT, 30, N).section(note),
                                "BAD_NOTE",
                                "20"),
                        row("65,300 sections", elf64().emptySections(65_300).section(note), "NO_NOTE", "20"),
                        row("table cut off", elf64().section(note).length(0x60), "NO_NOTE", "NO_NOTE"))
                .flatMap(row -> Stream.of(
                        DynamicTest.dynamicTest(row.rule + ", kernel", () -> check(KERNEL, row.file, row.kernel)),
                        DynamicTest.dynamicTest(row.rule + ", lenient", () -> check(LENIENT, row.file, row.lenient))));
    }

    private static ElfBuilder recipe(RawNote... notes) {
        return elf64().noteSegment(AT, notes);
    }

    private static ElfBuilder brokenThenGood(long offset, long size) {
        return elf64().segment(RawSegment.note(offset, size))
                .noteSegment(0x300, N)
                .notes(AT, ABI_TAG);
    }

    private static ElfBuilder unusedThenNote(int index) {
        return elf64().segments(index, RawSegment.unused()).noteSegment(0x8000, N);
    }

    private static Row row(String rule, ElfBuilder file, String both) {
        return row(rule, file, both, both);
    }

    private static Row row(String rule, ElfBuilder file, String kernel, String lenient) {
        return new Row(rule, bytes(file.build()), kernel, lenient);
    }

    private static RandomAccessBytes bytes(byte[] file) {
        return new ByteArrayBytes("test", file);
    }

    /// @param expected a cause, the length of an id that counts 01, 02, …, or an id in hex
    private static void check(BuildIdProfile profile, RandomAccessBytes file, String expected) throws IOException {
        BuildIdSearch search = new BuildIdReader(profile, ParseLimits.DEFAULT).read(file);
        String answer = switch (search) {
            case BuildIdSearch.Found(BuildId id) -> id.hex();
            case Missing missing -> missing.cause().name();
        };
        boolean length = expected.length() < 3;
        assertThat(answer)
                .as("%s", search)
                .isEqualTo(length ? HEX.formatHex(RawNote.countingBytes(Integer.parseInt(expected))) : expected);
    }
}
