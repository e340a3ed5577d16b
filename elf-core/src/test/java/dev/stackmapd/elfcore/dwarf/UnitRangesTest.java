package dev.stackmapd.elfcore.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Tests which unit counts for an address: the first of the section that claims it.
class UnitRangesTest {
    private static final int CLAIMANTS = 300;
    /// The offset of the address in the unit DIE: after the header and an abbreviation code.
    private static final int FIRST_LOW = 11 + 1;
    /// The offset of the block in the first unit: after the address, a length and its own length.
    private static final int INNER = FIRST_LOW + 12 + 1;

    private final List<Integer> starts = new ArrayList<>();

    @Test
    void theFirstOfManyAnswersInWhateverOrderTheyAreListedSeed7() throws Exception {
        ManyUnits inOrder = many();
        starts.forEach(inOrder::listed);
        assertThat(function(inOrder)).isEqualTo("f0");

        ManyUnits reversed = many();
        starts.reversed().forEach(reversed::listed);
        assertThat(function(reversed)).isEqualTo("f0");

        ManyUnits shuffled = many();
        Collections.shuffle(starts, new Random(7));
        starts.forEach(shuffled::listed);
        assertThat(function(shuffled)).isEqualTo("f0");
    }

    @Test
    void theFirstOfManyAnswersWithoutAList() throws Exception {
        assertThat(function(many())).isEqualTo("f0");
    }

    @Test
    void whatLooksLikeAUnitInsideAnotherIsNotBelieved() throws Exception {
        // The unit DIE of the inner one has other code, its function has this.
        byte[] inner = ManyUnits.encoded("inner");
        inner[FIRST_LOW + 2] = 1;
        ManyUnits many = new ManyUnits().unit("outer", inner).listed(INNER);
        DwarfAnswer.Found found = look(many);
        assertThat(found.frames().getFirst().names().rawName()).isEqualTo("outer");
        assertThat(found.skipped()).singleElement().satisfies(skipped -> {
            assertThat(skipped.scope()).isEqualTo(SkippedPart.Scope.UNIT_RANGES);
            assertThat(skipped.detail()).endsWith("no unit begins at 0x" + Integer.toHexString(INNER));
        });
    }

    @Test
    void aUnitWhoseUnitDieHasOtherCodeIsBelievedWhereHeadersLeadToIt() throws Exception {
        byte[] other = ManyUnits.encoded("other");
        other[FIRST_LOW + 2] = 1;
        ManyUnits many = new ManyUnits().unit("first");
        many.listed(many.position()).raw(other);
        assertThat(function(many)).isEqualTo("other");
    }

    @Test
    void everyWrongOffsetLeavesTheRightAnswer() throws Exception {
        int end = new ManyUnits().unit("first").unit("second").position();
        for (int offset = 1; offset <= end + 1; offset++) {
            ManyUnits many = new ManyUnits().unit("first");
            String expected = offset == many.position() ? "second" : "first";
            assertThat(function(many.unit("second").listed(offset)))
                    .as("offset %d", offset)
                    .isEqualTo(expected);
        }
    }

    @Test
    void wrongOffsetsDoNotKeepTheRightOneFromAnswering() throws Exception {
        ManyUnits many = new ManyUnits().unit("f", new byte[255]);
        for (int offset = 1; offset <= 255; offset++) {
            many.listed(offset);
        }
        int right = many.position();
        assertThat(function(many.unit("g").listed(right))).isEqualTo("f");
    }

    private ManyUnits many() {
        starts.clear();
        ManyUnits many = new ManyUnits();
        for (int i = 0; i < CLAIMANTS; i++) {
            starts.add(many.position());
            many.unit("f" + i);
        }
        return many;
    }

    private static String function(ManyUnits units) throws MalformedBinaryException {
        return look(units).frames().getFirst().names().rawName();
    }

    private static DwarfAnswer.Found look(ManyUnits units) throws MalformedBinaryException {
        try (ElfFile file = units.build(ParseLimits.DEFAULT);
                DwarfFile opened = DwarfFile.open(file, DebugFileFinder.NONE)) {
            return (DwarfAnswer.Found) opened.lookup(new ElfAddress(ManyUnits.CODE));
        }
    }
}
