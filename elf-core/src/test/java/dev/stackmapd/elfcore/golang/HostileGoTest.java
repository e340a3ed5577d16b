package dev.stackmapd.elfcore.golang;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests handmade tables in all versions, widths and byte orders, whole and damaged.
class HostileGoTest {
    static Stream<Arguments> kinds() {
        List<Arguments> kinds = new ArrayList<>();
        for (TableVersion version : TableVersion.values()) {
            for (int wordBytes : new int[] {4, 8}) {
                kinds.add(Arguments.of(version, wordBytes, ByteOrder.LITTLE_ENDIAN));
                kinds.add(Arguments.of(version, wordBytes, ByteOrder.BIG_ENDIAN));
            }
        }
        return kinds.stream();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyVersionWidthAndOrder(TableVersion version, int wordBytes, ByteOrder order) throws Exception {
        byte[] file = new HandmadeTable(version, wordBytes, order).file();
        int start = version.hasStartLines() ? 9 : 0;
        GoFrame outer = new GoFrame("outer", "a.go", 10, start, false, HandmadeTable.TEXT);
        assertThat(lookup(file, 0x1000)).isEqualTo(new GoAnswer(List.of(outer), List.of()));
        assertThat(lookup(file, 0x100f).frames()).containsExactly(outer);
        int innerStart = version.hasStartLines() ? 20 : 0;
        assertThat(lookup(file, 0x1010).frames())
                .containsExactly(new GoFrame("inner", "a.go", 19, innerStart, true, 0), outer);
        assertThat(lookup(file, 0x102f).frames())
                .containsExactly(new GoFrame("last", "b.go", 30, start, false, 0x1020));
        assertThat(lookup(file, 0x1030).frames()).isEmpty();
        assertThat(lookup(file, 0xfff).frames()).isEmpty();
        assertThat(lookup(file, -1).frames()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(TableVersion.class)
    void everyPrefixIsAnAnswerOrNone(TableVersion version) throws Exception {
        HandmadeTable table = new HandmadeTable(version, 8, ByteOrder.BIG_ENDIAN);
        byte[] whole = table.bytes().array();
        int answers = 0;
        for (int length = 1; length < table.module() + 64 * Long.BYTES; length++) {
            answers += look(table.file(Arrays.copyOf(whole, length)));
        }
        assertThat(answers).isPositive();
    }

    @ParameterizedTest
    @EnumSource(TableVersion.class)
    void everyLieInEveryByteIsBounded(TableVersion version) throws Exception {
        HandmadeTable table = new HandmadeTable(version, 8, ByteOrder.BIG_ENDIAN);
        byte[] whole = table.bytes().array();
        for (int at = 0; at < table.module() + 45 * Long.BYTES; at++) {
            for (int lie : new int[] {0, 0x7f, 0xff}) {
                byte[] damaged = whole.clone();
                damaged[at] = (byte) lie;
                look(table.file(damaged));
            }
        }
    }

    @ParameterizedTest(name = "seed 20261123, {0}")
    @EnumSource(TableVersion.class)
    void manyLiesAtOnceAreBounded(TableVersion version) throws Exception {
        Random random = new Random(20_261_123);
        HandmadeTable table = new HandmadeTable(version, 8, ByteOrder.LITTLE_ENDIAN);
        for (int round = 0; round < 500; round++) {
            byte[] damaged = table.bytes().array().clone();
            for (int i = 0; i < 4; i++) {
                damaged[8 + random.nextInt(table.module() - 8)] = (byte) random.nextInt();
            }
            look(table.file(damaged));
        }
    }

    @Test
    void aDamagedPartCostsOnlyItself() throws Exception {
        HandmadeTable table = new HandmadeTable(TableVersion.GO_1_20, 8, ByteOrder.LITTLE_ENDIAN);
        table.bytes().putInt(table.calls() + 4, 1 << 30);
        GoAnswer answer = lookup(table.file(), 0x1010);
        assertThat(answer.frames()).extracting(GoFrame::function).containsExactly("", "outer");
        assertThat(answer.skipped()).singleElement().asString().startsWith("name: ");
    }

    @Test
    void withoutModuleDataThereAreNoInlinedCalls() throws Exception {
        HandmadeTable table = new HandmadeTable(TableVersion.GO_1_20, 8, ByteOrder.LITTLE_ENDIAN);
        table.bytes().putLong(table.module(), 0).putLong(table.headerField(2), HandmadeTable.TEXT);
        GoAnswer answer = lookup(table.file(), 0x1010);
        assertThat(answer.frames()).extracting(GoFrame::function).containsExactly("outer");
        assertThat(answer.skipped()).containsExactly("inlined calls: the file does not have their list");
    }

    @Test
    void withoutABeginningOfTheTextNothingIsGuessed() {
        HandmadeTable table = new HandmadeTable(TableVersion.GO_1_20, 8, ByteOrder.LITTLE_ENDIAN);
        table.bytes().putLong(table.module(), 0);
        MalformedBinaryException refusal =
                catchThrowableOfType(MalformedBinaryException.class, () -> lookup(table.file(), 0x1010));
        assertThat(refusal.reason()).isEqualTo("the start of the text is not known");
        assertThat(refusal.offset()).isEqualTo(HandmadeTable.FILE_OFFSET);
    }

    @Test
    void callsThatNameEachOtherEnd() throws Exception {
        HandmadeTable table = new HandmadeTable(TableVersion.GO_1_20, 8, ByteOrder.LITTLE_ENDIAN);
        table.bytes().putInt(table.calls() + 8, 16);
        GoAnswer answer = lookup(table.file(), 0x1010);
        assertThat(answer.frames().getLast().function()).isEqualTo("outer");
        assertThat(answer.frames()).hasSize(ParseLimits.DEFAULT.dwarf().maxInlineDepth() + 1);
        assertThat(answer.skipped()).singleElement().asString().contains("more than 256 inlined calls");
    }

    @Test
    void aFileWithoutATableIsNoGoProgram() throws Exception {
        try (ElfFile elf = ElfFile.of(
                "none",
                new HandmadeTable(TableVersion.GO_1_20, 8, ByteOrder.LITTLE_ENDIAN).file(new byte[4096]),
                ParseLimits.DEFAULT)) {
            assertThat(GoTable.find(elf)).isEmpty();
        }
    }

    private static int look(byte[] file) {
        int answers = 0;
        try (ElfFile elf = ElfFile.of("go", file, ParseLimits.DEFAULT)) {
            var table = GoTable.find(elf);
            if (table.isPresent()) {
                for (long address : new long[] {0x1000, 0x1010, 0x102f}) {
                    answers +=
                            table.get().lookup(new ElfAddress(address)).frames().size();
                }
            }
        } catch (MalformedBinaryException e) {
            assertThat(e.offset()).isBetween(0L, (long) file.length);
        }
        return answers;
    }

    private static GoAnswer lookup(byte[] file, long address) throws MalformedBinaryException {
        try (ElfFile elf = ElfFile.of("go", file, ParseLimits.DEFAULT)) {
            return GoTable.find(elf).orElseThrow().lookup(new ElfAddress(address));
        }
    }
}
