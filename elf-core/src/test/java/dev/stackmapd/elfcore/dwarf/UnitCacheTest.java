package dev.stackmapd.elfcore.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tests which units are kept: the most recently used ones, up to the limit.
@SuppressWarnings("NullAway.Init") // JUnit calls open() first
class UnitCacheTest {
    private static final int UNITS = 12;
    private static final int ROOM = 4;

    private final List<Long> starts = new ArrayList<>();
    private final ReadBudget budget = new ReadBudget(Long.MAX_VALUE, ReadBudget.ENDLESS);
    private ElfFile file;
    private DwarfFiles files;
    private UnitCache cache;

    @BeforeEach
    void open() throws Exception {
        ManyUnits many = new ManyUnits();
        for (int i = 0; i < UNITS; i++) {
            starts.add((long) many.position());
            many.unit("f" + i);
        }
        file = many.build(ParseLimits.DEFAULT);
        files = new DwarfFiles(new DwarfObject(DwarfSections.of(file)), DebugFileFinder.NONE);
        cache = new UnitCache(files, ROOM * UnitCache.UNIT_WEIGHT);
    }

    @AfterEach
    void close() {
        files.close();
        file.close();
    }

    @Test
    void theOneLongestNotAskedForGoesSeed11() throws Exception {
        Random random = new Random(11);
        List<Integer> recent = new ArrayList<>();
        Map<Integer, Unit> last = new HashMap<>();
        for (int step = 0; step < 1000; step++) {
            int number = random.nextInt(UNITS);
            Unit unit = get(number);
            assertThat(unit.equals(last.put(number, unit))).as("step %d", step).isEqualTo(recent.contains(number));
            recent.removeIf(other -> other == number);
            recent.add(number);
            recent.subList(0, Math.max(0, recent.size() - ROOM)).clear();
        }
    }

    @Test
    void tablesThatGrowDriveOutOthersBeforeTheirOwn() throws Exception {
        CodeUnit first = code(0);
        CodeUnit second = code(1);
        cache.grown(second, (ROOM - 2) * UnitCache.UNIT_WEIGHT);
        assertThat(code(0)).isSameAs(first);
        cache.grown(second, 1);
        assertThat(code(1)).isSameAs(second);
        assertThat(code(0)).isNotSameAs(first);
        // The second was evicted for that one.
        assertThat(code(1)).isNotSameAs(second);
    }

    @Test
    void oneThatHasNoRoomByItselfIsNotKeptAndCostsNothingThen() throws Exception {
        CodeUnit large = code(0);
        cache.grown(large, ROOM * UnitCache.UNIT_WEIGHT);
        cache.grown(large, Integer.MAX_VALUE);
        assertThat(code(0)).isNotSameAs(large);
        List<Unit> kept = List.of(get(1), get(2), get(3));
        assertThat(List.of(get(1), get(2), get(3))).isEqualTo(kept);
    }

    private Unit get(int number) throws Exception {
        return cache.get(files.main(), starts.get(number), budget);
    }

    private CodeUnit code(int number) throws Exception {
        LookUp lookUp = new LookUp(ManyUnits.CODE, files.main().limits(), new Skips());
        return cache.code(starts.get(number), new SplitFiles(files), lookUp);
    }
}
