package dev.stackmapd.elfcore.dwarf;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.fixtures.Fixtures;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Debug sections that cannot be relocated are rejected: their numbers are offsets into other sections.
class UnknownRelocationsTest {
    private static final int E_MACHINE = 18;

    /// Hexagon, BPF, and a machine that does not exist.
    @ParameterizedTest
    @ValueSource(ints = {164, 247, 0xfffe})
    void ofUnknownMachinesAreRefused(int machine) throws Exception {
        byte[] file = Files.readAllBytes(Fixtures.path("binaries/dwarf/relocatable.o"));
        file[E_MACHINE] = (byte) machine;
        file[E_MACHINE + 1] = (byte) (machine >>> 8);
        refuses(file);
    }

    /// The numbers of x86-64 have other meanings for RISC-V: 10 and 11 are not for absolute addresses.
    @Test
    void ofUnknownTypesAreRefused() throws Exception {
        byte[] file = Files.readAllBytes(Fixtures.path("binaries/dwarf/relocatable.o"));
        file[E_MACHINE] = (byte) 243;
        refuses(file);
    }

    private static void refuses(byte[] file) throws Exception {
        try (ElfFile elf = ElfFile.of("foreign.o", file, ParseLimits.DEFAULT)) {
            assertThatThrownBy(() -> elf.debugSection(".debug_info"))
                    .isInstanceOf(MalformedBinaryException.class)
                    .hasMessageContaining("relocation of type");
            assertThatThrownBy(() -> DwarfFile.open(elf, DebugFileFinder.NONE).close())
                    .isInstanceOf(MalformedBinaryException.class)
                    .hasMessageContaining("relocation of type");
        }
    }
}
