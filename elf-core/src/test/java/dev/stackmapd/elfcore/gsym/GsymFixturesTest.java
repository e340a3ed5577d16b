package dev.stackmapd.elfcore.gsym;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares answers with those of llvm-gsymutil on files that it wrote, in both byte orders;
/// `expect-gsym.py` describes the answers.
class GsymFixturesTest {

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.path("binaries/gsym"))) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void agreesWithLlvmGsymutil(Path path) throws Exception {
        String name = path.getFileName().toString().replace(".gsym", "");
        Map<Long, List<String>> expected = expected(name);
        assertThat(expected).isNotEmpty();
        try (GsymFile file = GsymFile.open(path)) {
            for (Map.Entry<Long, List<String>> entry : expected.entrySet()) {
                List<String> frames = switch (file.lookup(new ElfAddress(entry.getKey()))) {
                    case GsymAnswer.Found found ->
                        found.frames().stream().map(GsymFixturesTest::line).toList();
                    case GsymAnswer.Missing missing -> List.of();
                };
                assertThat(frames).as("0x%x", entry.getKey()).isEqualTo(entry.getValue());
            }
        }
    }

    private static Map<Long, List<String>> expected(String name) throws IOException {
        Map<Long, List<String>> answers = new LinkedHashMap<>();
        List<String> current = new ArrayList<>();
        for (String line : Files.readAllLines(Fixtures.path("expected/gsym/" + name + ".answers"))) {
            if (line.startsWith("0x")) {
                current = new ArrayList<>();
                answers.put(Long.decode(line), current);
            } else {
                current.add(line);
            }
        }
        return answers;
    }

    static String line(GsymFrame frame) {
        return "%s\t%s\t%d".formatted(frame.function(), frame.path(), frame.line());
    }

    @Test
    void bothByteOrdersAreThere() throws Exception {
        try (GsymFile little = GsymFile.open(Fixtures.path("binaries/gsym/gcc-cold.gsym"));
                GsymFile big = GsymFile.open(Fixtures.path("binaries/gsym/powerpc.gsym"))) {
            assertThat(little.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            assertThat(big.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
            assertThat(little.uuid()).hasSize(20);
        }
    }

    /// Two functions of the same code: the info of the second is inside that of the first (block 3).
    @Test
    void namesFunctionsThatWereFolded() throws Exception {
        byte[] strings = "\0first\0second\0".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        int stringsAt = Gsym.HEADER_BYTES + 4 + 4 + 12;
        int infoAt = (stringsAt + strings.length + 3) & -4;
        bytes.putInt(Gsym.MAGIC).putShort((short) 1).put((byte) 1).put((byte) 0);
        bytes.putLong(0x1000).putInt(1).putInt(stringsAt).putInt(strings.length).position(Gsym.HEADER_BYTES);
        bytes.put((byte) 0).position(Gsym.HEADER_BYTES + 4);
        bytes.putInt(infoAt).putInt(1).putInt(0).putInt(0).put(strings).position(infoAt);
        bytes.putInt(0x10).putInt(1);
        bytes.putInt(Gsym.MERGED_FUNCTIONS_INFO).putInt(4 + 4 + 16);
        bytes.putInt(1).putInt(16).putInt(0x10).putInt(7).putInt(0).putInt(0);
        bytes.putInt(0).putInt(0);
        try (GsymFile file = GsymFile.of("merged", bytes.array())) {
            assertThat(file.lookup(new ElfAddress(0x100f)))
                    .isEqualTo(new GsymAnswer.Found(
                            List.of(new GsymFrame("first", "", "", 0)), new ElfAddress(0x1000), List.of("second")));
            assertThat(file.lookup(new ElfAddress(0x1010))).isEqualTo(new GsymAnswer.Missing());
            assertThat(file.lookup(new ElfAddress(0xfff))).isEqualTo(new GsymAnswer.Missing());
        }
    }
}
