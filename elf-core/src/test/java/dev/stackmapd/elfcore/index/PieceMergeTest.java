package dev.stackmapd.elfcore.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ReadBudget;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests pieces that overlap in every way, in memory or in runs on disk: the first one counts at each
/// address.
class PieceMergeTest {
    private static final int CODE = 500;

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "seed {0}, buffer {1}")
    @CsvSource({"1, 1", "2, 200", "3, 100000", "20240229, 300"})
    void theFirstPieceOwnsAnAddress(long seed, int buffer) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            BuildMemory memory = new BuildMemory(new ReadBudget(1 << 26, ReadBudget.ENDLESS));
            try (Arena arena = Arena.ofConfined();
                    Pieces pieces = new Pieces(memory, new BuildDisk(1 << 26), folder.resolve("scratch"), buffer)) {
                int[] expected = new int[CODE];
                Arrays.fill(expected, -1);
                for (int piece = 0; piece < random.nextInt(1, 40); piece++) {
                    add(pieces, piece, random, expected);
                }
                int[] merged = new int[CODE];
                Arrays.fill(merged, -1);
                long[] reached = {0};
                new PieceMerge(memory, pieces.finish(arena), (piece, from, to) -> {
                            assertThat(from).isBetween(reached[0], to - 1);
                            reached[0] = to;
                            NumberReader content = new NumberReader();
                            content.over(piece.content());
                            Arrays.fill(merged, (int) from, (int) to, (int) content.next());
                            assertThat(content.exhausted()).isTrue();
                        })
                        .run();
                assertThat(merged).as("round %d", round).isEqualTo(expected);
            }
        }
    }

    private static void add(Pieces pieces, int number, Random random, int[] expected) {
        int start = random.nextInt(CODE - 1);
        int end = random.nextInt(start + 1, Math.min(CODE, start + 60));
        pieces.begin(start);
        pieces.content().varint(number);
        pieces.end(end);
        for (int at = start; at < end; at++) {
            expected[at] = expected[at] < 0 ? number : expected[at];
        }
    }
}
