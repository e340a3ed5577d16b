package dev.stackmapd.elfcore.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.fixtures.RawSection;
import dev.stackmapd.fixtures.RawSymbol;
import dev.stackmapd.fixtures.SectionField;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/// Tests `.gnu_debugdata`: compared with the output of eu-readelf, and with every kind of damage.
class MiniDebugInfoTest {
    @ParameterizedTest
    @ValueSource(strings = {"libmini.so", "libmini-sha256.so"})
    void namesWhatTheDynamicTableDoesNot(String name) throws Exception {
        try (ElfFile file = ElfFile.open(Fixtures.path("binaries/names/" + name), ParseLimits.DEFAULT)) {
            SymbolTable mini = SymbolTable.read(file, SymbolSource.MINI_DEBUG_INFO);
            SymbolTable dynamic = SymbolTable.read(file);
            var lines = Files.readAllLines(Fixtures.path("expected/names/" + name + ".mini"));
            assertThat(mini.size()).isEqualTo(lines.size()).isPositive();
            for (String line : lines) {
                String[] words = line.split(" ", -1);
                ElfAddress start = new ElfAddress(Long.decode(words[0]));
                long size = Long.parseLong(words[1]);
                assertThat(mini.find(start)).contains(new Symbol(words[2], start, size, SymbolSource.MINI_DEBUG_INFO));
                assertThat(mini.find(new ElfAddress(start.value() + size))).isEmpty();
                assertThat(dynamic.find(start)).isEmpty();
            }
        }
    }

    @Test
    void aFileWithoutItHasNoNames() throws Exception {
        try (ElfFile file = ElfFile.open(Fixtures.path("binaries/libdynsym.so"), ParseLimits.DEFAULT)) {
            assertThat(SymbolTable.read(file, SymbolSource.MINI_DEBUG_INFO).size())
                    .isZero();
        }
    }

    @Test
    void anInnerFileWithoutSymbolsHasNoNames() throws Exception {
        assertThat(read(xz(ElfBuilder.elf64().build())).size()).isZero();
    }

    @Test
    void oneInsideAnotherIsNotLookedInto() throws Exception {
        byte[] inner = outer(xz(inner()));
        assertThat(read(xz(inner)).size()).isZero();
    }

    @Test
    void severalStreamsAreOneFile() throws Exception {
        byte[] inner = inner();
        byte[] first = xz(Arrays.copyOf(inner, 100));
        byte[] second = xz(Arrays.copyOfRange(inner, 100, inner.length));
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        assertThat(read(both).get(0).name()).isEqualTo("hidden");
    }

    @Test
    void refusesEveryPrefix() throws Exception {
        byte[] whole = xz(inner());
        for (int length = 0; length < whole.length; length++) {
            MalformedBinaryException refusal = refusal(Arrays.copyOf(whole, length));
            assertThat(refusal.reason()).as("prefix of %d", length).startsWith("broken xz stream");
            assertThat(refusal.offset()).isBetween(64L, 2000L);
        }
    }

    @Test
    void everyDamagedByteIsRefusedOrHarmless() throws Exception {
        byte[] whole = xz(inner());
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x55;
            assertThat(refusal(damaged).reason()).as("byte %d", at).startsWith("broken xz stream");
        }
    }

    @Test
    void aBombCostsNoMoreThanTheLimit() throws Exception {
        byte[] bomb = xz(new byte[(1 << 20) + 1]);
        assertThat(bomb.length).isLessThan(1000);
        assertThat(refusal(bomb).reason()).isEqualTo("more than 1048576 bytes after decompression");
    }

    @Test
    void aDictionaryThatNobodyNeedsIsNotAllocated() throws Exception {
        assertThat(refusal(withDictionaryOf256MiB(xz(inner()))).reason()).contains("MemoryLimitException");
    }

    /// Changes the dictionary's size in the header of the only block, because an encoder would allocate
    /// several times as much. The header is at offset 12: its size, flags, the id of LZMA2, the length
    /// of the properties, the size of the dictionary, padding, and the CRC32 of all that (The .xz File
    /// Format, 3.1 and 5.3.1).
    private static byte[] withDictionaryOf256MiB(byte[] xz) {
        int header = 12;
        int length = 4 * xz[header];
        assertThat(Arrays.copyOfRange(xz, header + 1, header + 4)).containsExactly(0, 0x21, 1);
        xz[header + 4] = 32;
        CRC32 crc = new CRC32();
        crc.update(xz, header, length);
        ByteBuffer.wrap(xz).order(ByteOrder.LITTLE_ENDIAN).putInt(header + length, (int) crc.getValue());
        return xz;
    }

    @Test
    void whatIsInsideMustBeElf() throws Exception {
        assertThat(refusal(xz(new byte[64])).reason()).isEqualTo("no ELF magic");
        assertThat(refusal(xz(new byte[0])).reason()).startsWith("EI_MAG needs 4 bytes");
    }

    private static byte[] inner() {
        return ElfBuilder.elf64()
                .section(RawSection.section(".text", RawSection.SHT_NOBITS, new byte[0])
                        .with(SectionField.SH_FLAGS, 6))
                .symbols(".symtab", RawSection.SHT_SYMTAB, RawSymbol.function("hidden", 0x1000, 8))
                .build();
    }

    private static byte[] outer(byte[] debugData) {
        return ElfBuilder.elf64()
                .section(RawSection.section(".gnu_debugdata", RawSection.SHT_PROGBITS, debugData))
                .build();
    }

    /// Compresses with a dictionary of 256 KiB: an encoder with the default of 8 MiB allocates 94 MiB.
    private static byte[] xz(byte[] contents) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(out, new LZMA2Options(0))) {
            xz.write(contents);
        }
        return out.toByteArray();
    }

    private static SymbolTable read(byte[] debugData) throws MalformedBinaryException {
        ParseLimits limits = new ParseLimits(1, 1, 16, 16, 1000, 1 << 20, DwarfLimits.DEFAULT);
        try (ElfFile file = ElfFile.of("outer", outer(debugData), limits)) {
            return SymbolTable.read(file, SymbolSource.MINI_DEBUG_INFO);
        }
    }

    private static MalformedBinaryException refusal(byte[] debugData) {
        return catchThrowableOfType(MalformedBinaryException.class, () -> read(debugData));
    }
}
