package dev.stackmapd.elfcore.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.fixtures.HeaderField;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.fixtures.RawSection;
import dev.stackmapd.fixtures.RawSegment;
import dev.stackmapd.fixtures.RawSymbol;
import dev.stackmapd.fixtures.SectionField;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.fornwall.jelf.ElfSymbol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElfFileTest {
    private static final long[] LIES = {
        0, 1, 3, 0x7f, 0xff, 0xff00, 0xffff, 0x7fff_ffffL, 0xffff_ffffL, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, -1
    };

    @Test
    void everyPrefixIsRefusedAtAByteOfTheFileOrReadsValidly() {
        byte[] file = smallBinary().build();
        for (int cut = 0; cut < file.length; cut++) {
            readsOrIsRefusedInside(Arrays.copyOf(file, cut), "first " + cut + " bytes");
        }
    }

    @Test
    void aLieInEveryHeaderField() {
        for (HeaderField field : HeaderField.values()) {
            for (long lie : LIES) {
                readsOrIsRefusedInside(smallBinary().header(field, lie).build(), field + " = " + lie);
            }
        }
    }

    @Test
    void aLieInEveryFieldOfASymbolSection() {
        for (SectionField field : SectionField.values()) {
            for (long lie : LIES) {
                for (String name : List.of(".symtab", ".strtab", ".text")) {
                    readsOrIsRefusedInside(withSymbolSections(name, field, lie), name + ' ' + field + " = " + lie);
                }
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 20_261_123})
    void randomDamageOfRealFiles(long seed) throws IOException {
        Random random = new Random(seed);
        for (String name : List.of("sizes", "libno-sections.so", "i386", "powerpc")) {
            byte[] file = Files.readAllBytes(Fixtures.path("binaries/" + name));
            for (int round = 0; round < 300; round++) {
                byte[] damaged = file.clone();
                for (int i = random.nextInt(8); i >= 0; i--) {
                    int at = random.nextBoolean() ? random.nextInt(128) : random.nextInt(damaged.length);
                    damaged[at] = (byte) random.nextInt();
                }
                readsOrIsRefusedInside(damaged, name + " round " + round);
            }
        }
    }

    @Test
    void extendedSectionNumbering() throws Exception {
        byte[] file = ElfBuilder.elf64()
                .emptySections(65_300)
                .section(RawSection.section(".last", RawSection.SHT_PROGBITS, (byte) 1))
                .build();
        try (ElfFile elf = ElfFile.of("test", file, ParseLimits.DEFAULT)) {
            assertThat(elf.sectionCount()).isEqualTo(65_303);
            assertThat(elf.hasSection(".last")).isTrue();
            assertThat(elf.hasSection(".las")).isFalse();
        }
    }

    @Test
    void programHeadersBeyond16Bits() throws Exception {
        ParseLimits limits = new ParseLimits(1, 70_000, 9, 9, 9);
        byte[] file = ElfBuilder.elf64()
                .segments(65_600, RawSegment.unused())
                .segment(RawSegment.load(0, 64, 0x1000))
                .section(RawSection.section(".x", RawSection.SHT_PROGBITS))
                .build();
        try (ElfFile elf = ElfFile.of("test", file, limits)) {
            assertThat(elf.programHeaderCount()).isEqualTo(65_601);
            assertThat(elf.loadSegments()).hasSize(1);
        }
        assertThatThrownBy(() -> ElfFile.of("test", file, ParseLimits.DEFAULT))
                .isInstanceOf(MalformedBinaryException.class)
                .hasMessageContaining("65601 program headers, at most 65536");
    }

    @Test
    void debugLinkLiesAreRefused() throws Exception {
        byte[] cut = {'a', '.', 'd', 0};
        byte[] endless = {'a', '.', 'd', 'e'};
        for (byte[] content : List.of(cut, endless, new byte[0])) {
            byte[] file = ElfBuilder.elf64()
                    .section(RawSection.section(".gnu_debuglink", RawSection.SHT_PROGBITS, content))
                    .build();
            try (ElfFile elf = ElfFile.of("test", file, ParseLimits.DEFAULT)) {
                assertThatThrownBy(elf::debugLink)
                        .isInstanceOfSatisfying(
                                MalformedBinaryException.class,
                                e -> assertThat(e.source()).isEqualTo("test .gnu_debuglink"));
            }
        }
    }

    @Test
    void onlyTheExecutableHoldsCode() throws Exception {
        assertThat(holdsCode("split/stripped")).isTrue();
        assertThat(holdsCode("split/stripped.debug")).isFalse();
        assertThat(holdsCode("no-sections")).isTrue();
        assertThat(holdsCode("liblibrary.so")).isTrue();
    }

    @Test
    void contentsOfRealFilesAreThereToTheEnd() throws Exception {
        for (String name : List.of("sizes", "split/stripped", "split/stripped.debug", "relocatable.o", "powerpc")) {
            requireContents(Files.readAllBytes(Fixtures.path("binaries/" + name)));
        }
    }

    /// The last load segment of this file ends at 12,296, where the file does: readelf -l.
    @Test
    void withoutSectionHeadersSegmentsSayWhetherTheEndIsMissing() throws Exception {
        byte[] whole = Files.readAllBytes(Fixtures.path("binaries/libno-sections.so"));
        requireContents(whole);
        for (int cut : new int[] {12_295, 12_000, 8_000, 4_097}) {
            assertThatThrownBy(() -> requireContents(Arrays.copyOf(whole, cut)))
                    .isInstanceOfSatisfying(
                            MalformedBinaryException.class,
                            e -> assertThat(e.offset()).isBetween(0L, (long) cut));
        }
    }

    @Test
    void aSectionThatLeavesTheFileIsMissingAndOneThatIsNotInItIsNot() throws Exception {
        for (SectionField field : List.of(SectionField.SH_OFFSET, SectionField.SH_SIZE)) {
            for (long lie : new long[] {0xffff, 0xffff_ffffL, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
                byte[] file = smallBinaryWith(RawSection.section(".data", RawSection.SHT_PROGBITS, new byte[8])
                        .with(field, lie));
                assertThatThrownBy(() -> requireContents(file)).isInstanceOf(MalformedBinaryException.class);
                requireContents(smallBinaryWith(
                        RawSection.section(".bss", RawSection.SHT_NOBITS).with(field, lie)));
            }
        }
        requireContents(ElfBuilder.elf64().emptySections(65_300).build());
    }

    /// The positions of sections are those that `readelf -SW` prints.
    @Test
    void sectionsLieWhereReadelfSaysThatTheyDo() throws Exception {
        try (ElfFile elf = ElfFile.open(Fixtures.path("binaries/libdynsym.so"), ParseLimits.DEFAULT)) {
            assertThat(elf.storedSection(".text")).contains(new StoredSection(0x1020, 0x77));
            assertThat(elf.storedSection(".note.gnu.build-id")).contains(new StoredSection(0x200, 0x24));
            assertThat(elf.storedSection(".dynamic")).contains(new StoredSection(0x2ee8, 0x100));
            assertThat(elf.storedSection(".eh_frame")).contains(new StoredSection(0x2000, 0));
            assertThat(elf.storedSection(".debug_info")).isEmpty();
            assertThat(elf.storedSection("")).isEmpty();
        }
        byte[] bss = smallBinaryWith(RawSection.section(".bss", RawSection.SHT_NOBITS));
        byte[] beyond = smallBinaryWith(RawSection.section(".data", RawSection.SHT_PROGBITS, new byte[8])
                .with(SectionField.SH_SIZE, 1 << 20));
        try (ElfFile without = ElfFile.of("test", bss, ParseLimits.DEFAULT);
                ElfFile cut = ElfFile.of("test", beyond, ParseLimits.DEFAULT)) {
            assertThat(without.storedSection(".bss")).isEmpty();
            assertThatThrownBy(() -> cut.storedSection(".data")).isInstanceOf(MalformedBinaryException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sizes", "cxx-O2", "i386", "s390x", "powerpc", "aarch64", "libdynsym.so", "demo"})
    void honestTablesCanBeShownToOthers(String name) throws Exception {
        try (ElfFile elf = ElfFile.open(Fixtures.path("binaries/" + name), ParseLimits.DEFAULT)) {
            elf.requireTables(1 << 20);
            assertThatThrownBy(() -> elf.requireTables(8)).hasMessageContaining("the table has");
        }
    }

    @Test
    void tablesThatCountMoreThanTheyHoldAreFoundOut() throws Exception {
        int sysvHash = 5;
        int gnuHash = 0x6fff_fff6;
        requireTables(RawSection.section(".hash", sysvHash, words(1, 2, 0, 0, 0)));
        requireTables(RawSection.section(".gnu.hash", gnuHash, words(1, 1, 1, 0, 0, 0, 0)));
        requireTables(RawSection.notes(".note", RawNote.buildIdOf(20)));
        for (int lie : new int[] {100, 1 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
            assertTablesLie(RawSection.section(".hash", sysvHash, words(lie, 2, 0, 0, 0)));
            assertTablesLie(RawSection.section(".hash", sysvHash, words(1, lie, 0, 0, 0)));
            assertTablesLie(RawSection.section(".gnu.hash", gnuHash, words(lie, 1, 1, 0, 0, 0, 0)));
            assertTablesLie(RawSection.section(".gnu.hash", gnuHash, words(1, 1, lie, 0, 0, 0, 0)));
            assertTablesLie(RawSection.section(".note", RawSection.SHT_NOTE, words(lie, 0, 3, 0)));
            assertTablesLie(RawSection.section(".note", RawSection.SHT_NOTE, words(0, lie, 3, 0)));
        }
        for (int length = 0; length < 8; length++) {
            assertTablesLie(RawSection.section(".hash", sysvHash, Arrays.copyOf(words(1, 2), length)));
        }
    }

    @Test
    void anInterpretersNameThatLeavesTheFileIsFoundOut() throws Exception {
        byte[] file = Files.readAllBytes(Fixtures.path("binaries/demo"));
        requireTables(file);
        // The second program header of this file is PT_INTERP: readelf -l. Its p_filesz lies at 0x40 + 0x38 + 0x20.
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0x98, Integer.MAX_VALUE);
        assertThatThrownBy(() -> requireTables(file)).isInstanceOf(MalformedBinaryException.class);
    }

    private static void assertTablesLie(RawSection section) {
        assertThatThrownBy(() -> requireTables(section)).isInstanceOf(MalformedBinaryException.class);
    }

    private static void requireTables(RawSection section) throws MalformedBinaryException {
        requireTables(smallBinaryWith(section));
    }

    private static void requireTables(byte[] file) throws MalformedBinaryException {
        try (ElfFile elf = ElfFile.of("test", file, ParseLimits.DEFAULT)) {
            elf.requireTables(1 << 20);
        }
    }

    private static byte[] words(int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(words);
        return bytes.array();
    }

    private static byte[] smallBinaryWith(RawSection section) {
        return smallBinary().section(section).build();
    }

    private static void requireContents(byte[] file) throws MalformedBinaryException {
        try (ElfFile elf = ElfFile.of("test", file, ParseLimits.DEFAULT)) {
            elf.requireContents();
        }
    }

    @Test
    void theMappingEndsWithTheFile(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("closed");
        Files.write(path, smallBinary().build());
        ElfFile elf = ElfFile.open(path, ParseLimits.DEFAULT);
        elf.close();
        assertThatThrownBy(() -> SymbolTable.read(elf)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> ElfFile.open(directory, ParseLimits.DEFAULT)).isInstanceOf(IOException.class);
    }

    static Stream<String> wellFormed() {
        return Stream.of("non-pie", "cxx-O2", "libaliases.so", "sizes", "i386", "s390x", "powerpc", "aarch64");
    }

    /// jelf reads small well-formed files right; it takes names from `.strtab`, so only `.symtab` is
    /// compared.
    @ParameterizedTest
    @MethodSource("wellFormed")
    void jelfSeesTheSame(String name) throws Exception {
        Path path = Fixtures.path("binaries/" + name);
        net.fornwall.jelf.ElfFile theirs = net.fornwall.jelf.ElfFile.from(Files.readAllBytes(path));
        try (ElfFile ours = ElfFile.open(path, ParseLimits.DEFAULT)) {
            assertThat(ours.type()).isEqualTo(theirs.e_type);
            assertThat(ours.sectionCount()).isEqualTo(theirs.e_shnum);
            assertThat(ours.programHeaderCount()).isEqualTo(theirs.e_phnum);
            SymbolTable table = SymbolTable.read(ours);
            for (ElfSymbol symbol : theirs.getSymbolTableSection().symbols) {
                if (symbol.getType() == ElfSymbol.STT_FUNC && symbol.st_shndx != 0 && symbol.st_size > 0) {
                    long start = symbol.st_value & (ours.elfClass() == ElfClass.ELF32 ? 0xffff_ffffL : -1);
                    assertThat(table.find(new ElfAddress(start)))
                            .as(symbol.getName())
                            .hasValueSatisfying(found -> {
                                assertThat(found.start().value()).isEqualTo(start);
                                assertThat(found.size()).isLessThanOrEqualTo(symbol.st_size);
                            });
                }
            }
        }
    }

    private static boolean holdsCode(String name) throws Exception {
        try (ElfFile file = ElfFile.open(Fixtures.path("binaries/" + name), ParseLimits.DEFAULT)) {
            return file.holdsCode();
        }
    }

    private static ElfBuilder smallBinary() {
        return ElfBuilder.elf64()
                .noteSegment(0x200, RawNote.buildIdOf(20))
                .segment(RawSegment.load(0, 0x300, 0x1000))
                .section(text())
                .symbols(
                        ".symtab",
                        RawSection.SHT_SYMTAB,
                        RawSymbol.function("first", 0x1000, 8),
                        RawSymbol.function("second", 0x1010, 8));
    }

    private static RawSection text() {
        return RawSection.section(".text", RawSection.SHT_PROGBITS, new byte[32])
                .with(SectionField.SH_FLAGS, 6);
    }

    /// Returns the small binary with handmade symbol sections, one of which has a wrong field.
    private static byte[] withSymbolSections(String liar, SectionField field, long lie) {
        byte[] entries = new byte[48];
        entries[24] = 1; // st_name
        entries[28] = 0x12; // global function
        entries[30] = 1; // st_shndx
        entries[40] = 8; // st_size
        RawSection symtab = RawSection.section(".symtab", RawSection.SHT_SYMTAB, entries)
                .with(SectionField.SH_LINK, 3)
                .with(SectionField.SH_ENTSIZE, 24);
        RawSection strtab = RawSection.section(".strtab", RawSection.SHT_STRTAB, (byte) 0, (byte) 'f', (byte) 0);
        return ElfBuilder.elf64()
                .section(liar.equals(".text") ? text().with(field, lie) : text())
                .section(liar.equals(".symtab") ? symtab.with(field, lie) : symtab)
                .section(liar.equals(".strtab") ? strtab.with(field, lie) : strtab)
                .build();
    }

    /// Calls every method: each must answer, or throw with an offset inside the file.
    private static void readsOrIsRefusedInside(byte[] file, String what) {
        try (ElfFile elf = ElfFile.of("test", file, ParseLimits.DEFAULT)) {
            assertThat(elf.buildId()).isNotNull();
            assertThat(elf.loadSegments()).isNotNull();
            assertThat(elf.debugLink()).isNotNull();
            assertThat(elf.holdsCode()).isIn(true, false);
            SymbolTable table = SymbolTable.read(elf);
            for (int i = 0; i < table.size(); i++) {
                assertThat(table.find(table.get(i).start())).as(what).isPresent();
            }
        } catch (MalformedBinaryException e) {
            assertThat(e.offset()).as("%s: %s", what, e.getMessage()).isBetween(0L, (long) file.length);
        }
    }
}
