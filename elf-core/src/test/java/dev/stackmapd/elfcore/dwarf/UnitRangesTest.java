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

/// Which unit answers for an address: the first of the section of all that claim it.
class UnitRangesTest {
    private static final int CLAIMANTS = 300;

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
        try (ElfFile file = units.build(ParseLimits.DEFAULT);
                DwarfFile opened = DwarfFile.open(file, DebugFileFinder.NONE)) {
            DwarfAnswer.Found found = (DwarfAnswer.Found) opened.lookup(new ElfAddress(ManyUnits.CODE));
            return found.frames().getFirst().names().rawName();
        }
    }
}
