package dev.stackmapd.elfcore.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.bytes.ByteArrayBytes;
import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Compares hashes with those of Python's `hashlib`, and of `head`, `tail` and `sha256sum`.
class HtlhashTest {
    @TestFactory
    Stream<DynamicTest> ofTheFixtures() throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.path("expected"))) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".htlhash"))
                    .map(name -> name.substring(0, name.length() - ".htlhash".length()))
                    .toList();
            assertThat(names).hasSizeGreaterThan(20);
            return names.stream().map(name -> DynamicTest.dynamicTest(name, () -> check(name)));
        }
    }

    private static void check(String name) throws IOException {
        Path binary = Fixtures.path("binaries/" + name.replace("split.", "split/"));
        String expected = Files.readString(Fixtures.path("expected/" + name + ".htlhash"));
        BuildId hash = Htlhash.of(new ByteArrayBytes(name, Files.readAllBytes(binary)));
        assertThat(hash.hex()).isEqualTo(expected.strip());
        assertThat(hash.kind()).isEqualTo(BuildId.Kind.HTLHASH);
    }

    /// The content of byte `i` is `7 * i % 251`.
    @ParameterizedTest
    @CsvSource({
        "0, af5570f5a1810b7af78caf4bc70a660f",
        "1, 52807a4607ea5debf0b7d4ccb452f4af",
        "4095, c93eadb0c03d3ccefc8d3fdb6f98607d",
        "4096, 7a2050c7d90d2cf08bfbfeb3886ffa1e",
        "4097, ce2b62a4648c5c6501701c5fc31cf33e",
        "8191, 75a042c043f284215e4628c9d7e263bb",
        "8192, c0e2fbd5fd4efaa422e4d8a78eaea634",
        "8193, e74fc8dab24d52cbd046f087cef754ed"
    })
    void headAndTailOfAShortFileOverlap(int size, String expected) throws IOException {
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) {
            content[i] = (byte) (7 * i % 251);
        }
        assertThat(Htlhash.of(new ByteArrayBytes("short", content)).hex()).isEqualTo(expected);
    }

    @Test
    void refusesAFileThatBecomesShorter() {
        RandomAccessBytes cut = new RandomAccessBytes() {
            @Override
            public String source() {
                return "cut";
            }

            @Override
            public long size() {
                return 10_000;
            }

            @Override
            public int read(long offset, byte[] into, int length) {
                return offset == 0 ? length : length - 1;
            }
        };
        assertThatThrownBy(() -> Htlhash.of(cut))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cut");
    }
}
