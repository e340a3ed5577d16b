package dev.stackmapd.elfcore.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.dwarf.DebugFileFinder;
import dev.stackmapd.fixtures.Fixtures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests index files that are cut, damaged, or have wrong contents with correct checksums.
class HostileIndexTest {
    private static final byte[] LIES = {0x00, 0x01, 0x7f, (byte) 0x80, (byte) 0xff};

    @TempDir
    private static Path folder;

    private static byte[] good = {};

    @BeforeAll
    static void build() throws Exception {
        Path target = folder.resolve("index");
        FixtureIndex.build(Fixtures.path("binaries/dwarf/gcc-cold"), target);
        good = Files.readAllBytes(target);
    }

    @Test
    void theGoodOneOpens() {
        assertThat(SymbolIndex.of("good", good.clone())).isInstanceOf(IndexOpening.Ready.class);
    }

    @Test
    void everyPrefixIsCorrupt() {
        for (int size = 0; size < good.length; size++) {
            IndexOpening opening = SymbolIndex.of("cut", Arrays.copyOf(good, size));
            assertThat(opening)
                    .as("first %d bytes", size)
                    .isInstanceOfSatisfying(
                            IndexOpening.Corrupt.class,
                            corrupt -> assertThat(corrupt.offset()).isBetween(0L, (long) good.length));
        }
    }

    @Test
    void everyFlippedBitIsNoticed() {
        for (int at = 0; at < good.length; at++) {
            byte[] damaged = good.clone();
            damaged[at] ^= (byte) (1 << (at % Byte.SIZE));
            assertThat(SymbolIndex.of("flipped", damaged))
                    .as("byte 0x%x", at)
                    .isNotInstanceOf(IndexOpening.Ready.class);
        }
    }

    @Test
    void aLaterVersionIsTooNewAndAnEarlierOneTooOld() {
        byte[] later = good.clone();
        later[8] = IndexFormat.VERSION + 1;
        assertThat(SymbolIndex.of("later", later)).isEqualTo(new IndexOpening.TooNew(IndexFormat.VERSION + 1));
        byte[] earlier = good.clone();
        earlier[8] = IndexFormat.OLDEST_VERSION - 1;
        assertThat(SymbolIndex.of("earlier", earlier))
                .isEqualTo(new IndexOpening.TooOld(IndexFormat.OLDEST_VERSION - 1));
    }

    /// Changes each byte of header and sections to several values: opening fails, or all look-ups work.
    @Test
    void everyByteALieWithRightChecksums() {
        for (int at = 0; at < good.length; at++) {
            byte[] lying = good.clone();
            lying[at] = LIES[at % LIES.length];
            ask(lying, "lie at 0x%x".formatted(at));
        }
    }

    @Test
    void everyByteOfWhatLacksEveryLie() throws Exception {
        Path target = folder.resolve("lacking");
        FixtureIndex.build(
                Fixtures.path("binaries/dwarf/split-inlining/split-inlining"),
                target,
                IndexSettings.DEFAULT,
                DebugFileFinder.NONE);
        byte[] lacking = Files.readAllBytes(target);
        int section = IndexBytes.sectionOffset(lacking, IndexFormat.LACKING);
        assertThat(lacking.length - section).isGreaterThan(16);
        for (int at = section; at < lacking.length; at++) {
            for (byte lie : LIES) {
                byte[] lying = lacking.clone();
                lying[at] = lie;
                ask(lying, "0x%02x at 0x%x".formatted(lie, at));
            }
        }
    }

    /// Sets lengths, counts, widths and the directory to wrong values.
    @Test
    void everyByteOfTheHeaderEveryLie() {
        for (int at = 0; at < IndexBytes.headerLength(good); at++) {
            for (byte lie : LIES) {
                byte[] lying = good.clone();
                lying[at] = lie;
                ask(lying, "0x%02x at 0x%x".formatted(lie, at));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 20_240_229})
    void manyLiesAtOnce(long seed) {
        Random random = new Random(seed);
        int header = IndexBytes.headerLength(good);
        for (int round = 0; round < 1_000; round++) {
            byte[] lying = good.clone();
            for (int i = random.nextInt(1, 30); i > 0; i--) {
                lying[random.nextInt(header, lying.length)] = (byte) random.nextInt();
            }
            ask(lying, "round " + round);
        }
    }

    private static void ask(byte[] lying, String what) {
        IndexBytes.repair(lying);
        try {
            if (SymbolIndex.of("lying", lying) instanceof IndexOpening.Ready ready) {
                try (SymbolIndex index = ready.index()) {
                    IndexBytes.askEverything(index);
                }
            }
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what, e);
        }
    }
}
