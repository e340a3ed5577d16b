package dev.stackmapd.elfcore.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.LoadSegment;
import dev.stackmapd.fixtures.Fixtures;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// The image that the kernel maps into every process is an ELF file without a path; names come from its
/// `.dynsym`.
class VdsoTest {
    @Test
    void namesWhatReadelfNames() throws Exception {
        Path image = Fixtures.path("kernel/vdso-x86_64.so");
        try (ElfFile file = ElfFile.open(image, ParseLimits.DEFAULT)) {
            SymbolTable table = SymbolTable.read(file);
            assertThat(table.source()).isEqualTo(SymbolSource.DYNSYM);
            var lines = Files.readAllLines(Fixtures.path("kernel/vdso-x86_64.so.symbols"));
            assertThat(lines).isNotEmpty();
            for (String line : lines) {
                String[] words = line.split(" ", -1);
                Symbol symbol =
                        table.find(new ElfAddress(Long.decode(words[0]))).orElseThrow();
                assertThat(symbol.start().value()).as(line).isEqualTo(Long.decode(words[0]));
                assertThat(symbol.size()).as(line).isEqualTo(Long.parseLong(words[1]));
                // An alias without the prefix may have been picked.
                assertThat(words[2].replaceFirst("@@.*", ""))
                        .as(line)
                        .endsWith(symbol.name().replaceFirst("^__vdso_", ""));
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theImageOfThisProcessCanBeRead() throws Exception {
        try (ElfFile file = ElfFile.of("[vdso]", imageOfThisProcess(), ParseLimits.DEFAULT)) {
            SymbolTable table = SymbolTable.read(file);
            assertThat(table.size()).isPositive();
            LoadSegment code = file.loadSegments().getFirst();
            for (int i = 0; i < table.size(); i++) {
                assertThat(code.offsetOf(table.get(i).start())).isPresent();
                assertThat(table.get(i).name()).matches("[a-z_0-9]+");
            }
        }
    }

    private static byte[] imageOfThisProcess() throws Exception {
        String line = Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(mapping -> mapping.endsWith("[vdso]"))
                .findFirst()
                .orElseThrow();
        String[] range = line.substring(0, line.indexOf(' ')).split("-", -1);
        long start = Long.parseUnsignedLong(range[0], 16);
        byte[] image = new byte[(int) (Long.parseUnsignedLong(range[1], 16) - start)];
        try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
            memory.seek(start);
            memory.readFully(image);
        }
        return image;
    }
}
