package dev.stackmapd.elfcore.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Tests endless loops and nesting: the limit that stops each, and the rest of the answer.
class HandmadeDwarfTest {
    private static final DwarfLimits DWARF = DwarfLimits.DEFAULT;
    private static final byte[] NO_ROWS = HandmadeDwarf.lines();

    @Test
    void anOriginThatLeadsToItselfHasNoName() throws Exception {
        HandmadeDwarf dwarf = new HandmadeDwarf();
        dwarf.function(dwarf.position()).end(2);
        DwarfAnswer.Found found = look(dwarf, NO_ROWS);
        assertThat(found.frames()).hasSize(1);
        assertThat(found.frames().getFirst().names()).isEqualTo(FunctionNames.UNKNOWN);
        assertThat(found.frames().getFirst().entry()).isEqualTo(HandmadeDwarf.CODE);
        assertThat(found.skipped())
                .containsExactly(new SkippedPart(
                        SkippedPart.Scope.NAMES,
                        new LackingPart(LackingPart.Kind.SECTION, ".debug_info", LackingPart.Reason.DAMAGED),
                        "handmade .debug_info: offset 0x%x: more than %d origins and specifications"
                                .formatted(HandmadeDwarf.UNIT_HEADER_BYTES + 17, DWARF.maxChain())));
    }

    /// DWARF 5, 2.18.
    @Test
    void aFunctionIsEnteredWhereItsEntrySays() throws Exception {
        long code = HandmadeDwarf.CODE;
        assertThat(entry(new HandmadeDwarf().enteredAt(code + 16).end(1))).isEqualTo(code + 16);
        assertThat(entry(new HandmadeDwarf().enteredBehind(32).end(1))).isEqualTo(code + 32);
    }

    @Test
    void anEntryOutsideTheCodeIsNotBelieved() throws Exception {
        long code = HandmadeDwarf.CODE;
        assertThat(entry(new HandmadeDwarf().enteredAt(code - 1).end(1))).isEqualTo(code);
        assertThat(entry(new HandmadeDwarf()
                        .enteredBehind(HandmadeDwarf.CODE_BYTES)
                        .end(1)))
                .isEqualTo(code);
    }

    private static long entry(HandmadeDwarf dwarf) throws Exception {
        return look(dwarf, NO_ROWS).frames().getFirst().entry();
    }

    @Test
    void anOriginOutsideTheUnitHasNoName() throws Exception {
        DwarfAnswer.Found found = look(new HandmadeDwarf().function(0x7fffffff).end(2), NO_ROWS);
        assertThat(found.frames()).hasSize(1);
        assertThat(found.skipped()).extracting(SkippedPart::scope).containsExactly(SkippedPart.Scope.NAMES);
    }

    @Test
    void nestingStopsAtTheLimitAndKeepsWhatCameBefore() throws Exception {
        HandmadeDwarf dwarf = new HandmadeDwarf();
        dwarf.function(dwarf.position());
        for (int i = 0; i < DWARF.maxDepth() + 10; i++) {
            dwarf.block();
        }
        DwarfAnswer.Found found = look(dwarf, NO_ROWS);
        assertThat(found.frames()).hasSize(1);
        assertThat(found.skipped())
                .extracting(SkippedPart::scope)
                .contains(SkippedPart.Scope.FUNCTIONS, SkippedPart.Scope.INLINED_CALLS);
    }

    @Test
    void tooManyInlinedCallsLoseTheOuterOnesButNotTheFunction() throws Exception {
        int calls = DWARF.maxInlineDepth() + 50;
        HandmadeDwarf dwarf = new HandmadeDwarf();
        dwarf.function(dwarf.position());
        for (int i = 0; i < calls; i++) {
            dwarf.inlined(dwarf.position());
        }
        DwarfAnswer.Found found = look(dwarf.end(calls + 2), NO_ROWS);
        assertThat(found.frames()).hasSize(DWARF.maxInlineDepth() + 1);
        assertThat(found.frames().getLast().inlined()).isFalse();
        assertThat(found.skipped()).extracting(SkippedPart::scope).contains(SkippedPart.Scope.INLINED_CALLS);
    }

    @Test
    void rowsBeyondTheLimitAreLostButNotTheFunction() throws Exception {
        byte[] opcodes = new byte[5000];
        Arrays.fill(opcodes, (byte) Dw.LNS_COPY);
        DwarfLimits few = new DwarfLimits(8, 8, 8, 8, 8, 8, 64, 64, 64, 28_000, 1 << 16, 1 << 20, 1 << 20);
        ParseLimits limits = new ParseLimits(1, 1, 64, 1, 1, 1 << 20, few);
        HandmadeDwarf dwarf = new HandmadeDwarf();
        dwarf.function(dwarf.position()).end(2);
        try (ElfFile file = dwarf.build(HandmadeDwarf.lines(concat(HandmadeDwarf.setAddress(), opcodes)), limits);
                DwarfFile opened = DwarfFile.open(file, DebugFileFinder.NONE)) {
            DwarfAnswer.Found found = (DwarfAnswer.Found) opened.lookup(new ElfAddress(HandmadeDwarf.CODE));
            assertThat(found.frames()).hasSize(1);
            assertThat(found.skipped())
                    .extracting(SkippedPart::detail)
                    .anyMatch(d -> d.contains("more than 28000 bytes of memory"));
        }
    }

    @Test
    void workBeyondTheBudgetEndsTheWalk() throws Exception {
        HandmadeDwarf dwarf = new HandmadeDwarf();
        dwarf.function(dwarf.position());
        for (int i = 0; i < 1000; i++) {
            dwarf.inlined(0).end(1);
        }
        try (ElfFile file = dwarf.build(NO_ROWS, ParseLimits.DEFAULT);
                DwarfFile opened = DwarfFile.open(file, DebugFileFinder.NONE)) {
            Walked walked = new Walked();
            opened.walk(walked, new ReadBudget(1 << 20, 500));
            assertThat(walked.skipped())
                    .extracting(SkippedPart::detail)
                    .anyMatch(detail -> detail.contains("takes more than 500 steps"));
        }
    }

    @Test
    void aLineRowIsFoundAtItsAddress() throws Exception {
        byte[] opcodes = {Dw.LNS_ADVANCE_LINE, 41, Dw.LNS_COPY, Dw.LNS_ADVANCE_PC, 16, 0, 1, Dw.LNE_END_SEQUENCE};
        HandmadeDwarf dwarf = new HandmadeDwarf();
        dwarf.function(dwarf.position()).end(2);
        DwarfAnswer.Found found = look(dwarf, HandmadeDwarf.lines(concat(HandmadeDwarf.setAddress(), opcodes)));
        assertThat(found.frames().getFirst().line()).isEqualTo(42);
    }

    private static DwarfAnswer.Found look(HandmadeDwarf dwarf, byte[] lines) throws MalformedBinaryException {
        try (ElfFile file = dwarf.build(lines, ParseLimits.DEFAULT);
                DwarfFile opened = DwarfFile.open(file, DebugFileFinder.NONE)) {
            return (DwarfAnswer.Found) opened.lookup(new ElfAddress(HandmadeDwarf.CODE));
        }
    }

    private static byte[] concat(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }
}
