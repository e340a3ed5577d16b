package dev.stackmapd.elfcore.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.Zstd;
import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawSection;
import dev.stackmapd.fixtures.SectionField;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;

/// Compressed debug sections (gABI, `Elf64_Chdr`): what comes out, and that a claimed size is never believed.
class InflationTest {
    private static final int SHF_COMPRESSED = 0x800;
    private static final int ZLIB = 1;
    private static final int ZSTD = 2;
    private static final int LIMIT = 1 << 20;
    private static final ParseLimits LIMITS = new ParseLimits(1, 1, 16, 1, 1, LIMIT, DwarfLimits.DEFAULT);

    @Test
    void givesBackWhatWasCompressedSeed7() throws Exception {
        byte[] contents = new byte[300_000];
        new Random(7).ints(contents.length / 3).forEach(i -> contents[(i >>> 8) % contents.length] = (byte) i);
        assertThat(inflate(ZLIB, contents.length, deflate(contents))).isEqualTo(contents);
        assertThat(inflate(ZSTD, contents.length, Zstd.compress(contents))).isEqualTo(contents);
        assertThat(inflate(ZSTD, 0, Zstd.compress(new byte[0]))).isEmpty();
        assertThat(inflate(ZLIB, 0, deflate(new byte[0]))).isEmpty();
    }

    @Test
    void refusesASizeBeyondTheLimit() {
        assertThat(refusal(ZLIB, 1L << 40, new byte[0]).reason()).contains("ch_size is 1099511627776");
        assertThat(refusal(ZSTD, -1, new byte[0]).reason()).contains("ch_size is 18446744073709551615");
    }

    @Test
    void refusesAStreamThatProducesMoreThanItClaims() throws Exception {
        byte[] bomb = new byte[LIMIT * 4];
        assertThat(refusal(ZLIB, 1000, deflate(bomb)).reason()).contains("more than 1001 bytes");
        assertThat(refusal(ZSTD, 1000, Zstd.compress(bomb)).reason()).contains("more than 1001 bytes");
    }

    @Test
    void refusesAStreamThatProducesLess() throws Exception {
        assertThat(refusal(ZLIB, 1000, deflate(new byte[999])).reason()).contains("inflated to 999 bytes");
        assertThat(refusal(ZSTD, 1000, Zstd.compress(new byte[999])).reason()).contains("inflated to 999 bytes");
    }

    @Test
    void refusesEveryPrefixOfAStream() throws Exception {
        byte[] whole = deflate(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        for (int length = 0; length < whole.length; length++) {
            refusal(ZLIB, 8, Arrays.copyOf(whole, length));
        }
        byte[] zstd = Zstd.compress(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        for (int length = 0; length < zstd.length; length++) {
            refusal(ZSTD, 8, Arrays.copyOf(zstd, length));
        }
    }

    @Test
    void refusesAnUnknownCompression() {
        assertThat(refusal(3, 8, new byte[8]).reason()).isEqualTo("ch_type is 3");
    }

    private static MalformedBinaryException refusal(int type, long size, byte[] stream) {
        return catchThrowableOfType(MalformedBinaryException.class, () -> inflate(type, size, stream));
    }

    private static byte[] inflate(int type, long size, byte[] stream) throws MalformedBinaryException {
        byte[] section = ByteBuffer.allocate(24 + stream.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
                .putInt(0)
                .putLong(size)
                .putLong(1)
                .put(stream)
                .array();
        byte[] file = ElfBuilder.elf64()
                .section(RawSection.section(".debug_info", RawSection.SHT_PROGBITS, section)
                        .with(SectionField.SH_FLAGS, SHF_COMPRESSED))
                .build();
        try (ElfFile elf = ElfFile.of("packed", file, LIMITS)) {
            ByteExtent contents = elf.debugSection(".debug_info").orElseThrow();
            return contents.cursor().take((int) contents.size(), "contents");
        }
    }

    private static byte[] deflate(byte[] contents) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
            deflater.write(contents);
        }
        return out.toByteArray();
    }
}
