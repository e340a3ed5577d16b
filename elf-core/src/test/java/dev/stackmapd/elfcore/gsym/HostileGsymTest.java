package dev.stackmapd.elfcore.gsym;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.fixtures.Fixtures;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Damages a GSYM file at every place: the result is an answer, or the one exception with an offset
/// inside the file.
class HostileGsymTest {
    private static final byte[] LIES = {0x00, 0x01, 0x7f, (byte) 0x80, (byte) 0xff};

    @ParameterizedTest
    @ValueSource(strings = {"gcc-cold", "powerpc", "clang-dwarf4"})
    void everyPrefix(String name) throws Exception {
        byte[] good = Files.readAllBytes(Fixtures.path("binaries/gsym/" + name + ".gsym"));
        for (int size = 0; size < good.length; size++) {
            ask(Arrays.copyOf(good, size), "first " + size);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc-cold", "powerpc", "clang-dwarf4"})
    void everyByteALie(String name) throws Exception {
        byte[] good = Files.readAllBytes(Fixtures.path("binaries/gsym/" + name + ".gsym"));
        for (int at = 0; at < good.length; at++) {
            for (byte lie : LIES) {
                byte[] lying = good.clone();
                lying[at] = lie;
                ask(lying, "0x%02x at 0x%x".formatted(lie, at));
            }
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @CsvSource({"gcc-cold, 1", "clang-dwarf4, 2", "s390x, 20240229"})
    void manyLiesAtOnce(String name, long seed) throws Exception {
        byte[] good = Files.readAllBytes(Fixtures.path("binaries/gsym/" + name + ".gsym"));
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            byte[] lying = good.clone();
            for (int i = random.nextInt(1, 20); i > 0; i--) {
                lying[random.nextInt(Gsym.HEADER_BYTES, lying.length)] = (byte) random.nextInt();
            }
            ask(lying, "round " + round);
        }
    }

    static void ask(byte[] bytes, String what) {
        try (GsymFile file = GsymFile.of("hostile", bytes)) {
            for (long address = 0x1000; address < 0x1300; address += 7) {
                file.lookup(new ElfAddress(address));
                file.lookup(new ElfAddress(0x200000 + address));
            }
        } catch (MalformedBinaryException e) {
            assertThat(e.offset()).as(what).isBetween(0L, (long) bytes.length);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what, e);
        }
    }
}
