package dev.stackmapd.artifact.describe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What jelf is shown of a file, and what comes of it. Expected is what `readelf -hlSd` printed.
class ElfDescriptionTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "binaries/dwarf/plain, ELF64, little, DYN, x86-64, 0x1100",
        "binaries/non-pie, ELF64, little, EXEC, x86-64, 0x4010eb",
        "binaries/i386, ELF32, little, EXEC, Intel 80386, 0x80490e8",
        "binaries/s390x, ELF64, big, EXEC, IBM S/390, 0x1000278",
        "binaries/powerpc, ELF32, big, EXEC, PowerPC, 0x10010350",
        "binaries/aarch64, ELF64, little, DYN, AArch64, 0x370",
        "binaries/relocatable.o, ELF64, little, REL, x86-64, 0x0",
    })
    void isWhatReadelfPrints(String file, String elfClass, String order, String type, String machine, String entry)
            throws IOException {
        ElfDescription description = ElfDescription.of(Fixtures.path(file)).orElseThrow();
        assertThat(description.elfClass()).isEqualTo(elfClass);
        assertThat(description.byteOrder()).isEqualTo(order);
        assertThat(description.type()).isEqualTo(type);
        assertThat(description.machine()).isEqualTo(machine);
        assertThat(description.entry()).isEqualTo(entry);
    }

    @Test
    void aFileThatIsTooMuchForJelfHasNone() throws IOException {
        byte[] file = Files.readAllBytes(Fixtures.path("binaries/dwarf/plain"));
        for (int length = 0; length < file.length; length += 97) {
            Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(file, length));
            assertThat(ElfDescription.of(cut)).as("%d bytes", length).isEmpty();
        }
        Path large = Files.write(folder.resolve("large"), file);
        try (RandomAccessFile grow = new RandomAccessFile(large.toFile(), "rw")) {
            grow.setLength(Integer.MAX_VALUE + 1L);
        }
        assertThat(ElfDescription.of(large)).isEmpty();
    }

    @Test
    void whateverBytesSayItEndsAndThrowsNothing_seed7() throws IOException {
        byte[] file = Files.readAllBytes(Fixtures.path("binaries/libdynsym.so"));
        Random random = new Random(7);
        Path path = folder.resolve("mutant");
        for (int i = 0; i < 1_000; i++) {
            byte[] mutant = file.clone();
            for (int j = random.nextInt(8); j >= 0; j--) {
                mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
            }
            Files.write(path, mutant);
            ElfDescription.of(path)
                    .ifPresent(description -> assertThat(description.sections()).hasSizeLessThan(1_000));
        }
    }
}
