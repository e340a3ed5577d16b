package dev.stackmapd.elfcore.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.fixtures.Fixtures;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A batch answers as single look-ups do.
class FrameTableTest {
    @TempDir
    private Path folder;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 20_240_229})
    void equalsSingleLookUps(long seed) throws Exception {
        FixtureIndex.build(Fixtures.path("binaries/dwarf/gcc-dwarf5-O3"), folder.resolve("index"));
        try (SymbolIndex index = FixtureIndex.open(folder.resolve("index"))) {
            Random random = new Random(seed);
            long[] addresses = new long[5_000];
            for (int i = 0; i < addresses.length; i++) {
                boolean inside = random.nextInt(10) > 0;
                addresses[i] = inside ? index.base() + random.nextLong(index.span() + 4) - 2 : random.nextLong();
            }
            check(index, addresses);
            assertThat(FrameTable.of(index, addresses).answers()).isLessThan(addresses.length);
            check(index, new long[0]);
        }
    }

    private static void check(SymbolIndex index, long[] addresses) throws Exception {
        long[] asked = addresses.clone();
        FrameTable table = FrameTable.of(index, addresses);
        assertThat(addresses).isEqualTo(asked);
        FrameCursor cursor = new FrameCursor();
        for (int i = 0; i < addresses.length; i++) {
            int answer = table.answer(i);
            assertThat(table.frames(answer)).as("0x%x", addresses[i]).isEqualTo(index.find(addresses[i], cursor));
            for (int frame = 0; frame < cursor.frames(); frame++) {
                assertThat(table.function(answer, frame)).isEqualTo(cursor.function(frame));
                assertThat(table.file(answer, frame)).isEqualTo(cursor.file(frame));
                assertThat(table.line(answer, frame)).isEqualTo(cursor.line(frame));
                assertThat(table.column(answer, frame)).isEqualTo(cursor.column(frame));
            }
        }
    }
}
