package dev.stackmapd.elfcore.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.Zstd;
import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;

/// Tests compressed debug sections (gABI, `Elf64_Chdr`): their contents, and that a claimed size is
/// never trusted.
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
        assertThat(refusal(ZLIB, 1000, deflate(bomb)).reason()).contains("inflates to more than the 1000 bytes");
        assertThat(refusal(ZSTD, 1000, Zstd.compress(bomb)).reason()).contains("inflates to more than the 1000 bytes");
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

    /// Chunks of inflated memory meet at each MiB; every kind of read must cross that.
    @Test
    void readsLikePlainBytesInAnyOrderSeed11() throws Exception {
        byte[] contents = noise(3 << 20, 11);
        byte[] file = ElfBuilder.elf64()
                .section(RawSection.section(
                                ".debug_info",
                                RawSection.SHT_PROGBITS,
                                section(ZLIB, contents.length, deflate(contents)))
                        .with(SectionField.SH_FLAGS, SHF_COMPRESSED))
                .section(RawSection.section(".debug_line", RawSection.SHT_PROGBITS, contents))
                .build();
        try (ElfFile elf = ElfFile.of("packed", file, ParseLimits.DEFAULT)) {
            Cursor inflated = elf.debugSection(".debug_info").orElseThrow().cursor();
            Cursor plain = elf.debugSection(".debug_line").orElseThrow().cursor();
            Random random = new Random(11);
            for (int i = 0; i < 20_000; i++) {
                long border = (1L + random.nextInt(3)) << 20;
                long to = random.nextBoolean() ? random.nextInt(contents.length) : border - random.nextInt(40);
                inflated.moveTo(to, "there");
                plain.moveTo(to, "there");
                for (int read = 0; read < 6 && plain.remaining() > 100; read++) {
                    int kind = random.nextInt(8);
                    assertThat(read(inflated, kind)).as("%d at %d", kind, to).isEqualTo(read(plain, kind));
                    assertThat(inflated.position()).isEqualTo(plain.position());
                }
            }
        }
    }

    private static Object read(Cursor at, int kind) throws MalformedBinaryException {
        return switch (kind) {
            case 0 -> at.u8("u8");
            case 1 -> at.u16("u16");
            case 2 -> at.u24("u24");
            case 3 -> at.u32("u32");
            case 4 -> at.u64("u64");
            case 5 -> at.take(90, "bytes");
            case 6 -> at.lengthToNul(1 << 20, "string");
            default -> {
                at.skip(70, "skipped");
                yield at.startsWithString(new byte[] {1});
            }
        };
    }

    @Test
    void threadsThatReadTheSameSectionSeeTheSameBytesSeed17() throws Exception {
        byte[] contents = noise(5 << 20, 17);
        try (ElfFile elf = ElfFile.of(
                        "packed", compressed(ZLIB, contents.length, deflate(contents)), ParseLimits.DEFAULT);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ByteExtent section = elf.debugSection(".debug_info").orElseThrow();
            List<Future<Boolean>> equal = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                long seed = 17L + thread;
                equal.add(threads.submit(() -> readsAreEqual(section.cursor(), contents, new Random(seed))));
            }
            for (Future<Boolean> each : equal) {
                assertThat(each.get()).isTrue();
            }
        }
    }

    private static boolean readsAreEqual(Cursor at, byte[] contents, Random random) throws MalformedBinaryException {
        for (int i = 0; i < 200; i++) {
            int from = random.nextInt(contents.length - 5000);
            at.moveTo(from, "there");
            if (!Arrays.equals(at.take(5000, "bytes"), Arrays.copyOfRange(contents, from, from + 5000))) {
                return false;
            }
        }
        return true;
    }

    @Test
    void damageLeavesWhatCameBeforeIt() throws Exception {
        byte[] contents = noise(3 << 20, 13);
        byte[] whole = deflate(contents);
        byte[] stream = Arrays.copyOf(whole, whole.length / 2);
        try (ElfFile elf = ElfFile.of("packed", compressed(ZLIB, contents.length, stream), ParseLimits.DEFAULT)) {
            Cursor at = elf.debugSection(".debug_info").orElseThrow().cursor();
            assertThat(at.take(1 << 20, "first MiB")).isEqualTo(Arrays.copyOf(contents, 1 << 20));
            at.moveTo(3 << 20, "end");
            at.moveTo((3 << 20) - 1, "last byte");
            assertThat(catchThrowableOfType(MalformedBinaryException.class, () -> at.u8("last byte"))
                            .reason())
                    .isEqualTo("the compressed stream ends early");
        }
    }

    /// The size in a header is ignored, and so are bytes after a damaged position.
    @Test
    void countsTheBytesThatAreThereSeed17() throws Exception {
        byte[] contents = noise(300_000, 17);
        byte[] zlib = deflate(contents);
        byte[] zstd = Zstd.compress(contents);
        assertThat(measured(ZLIB, contents.length, zlib)).isEqualTo(contents.length);
        assertThat(measured(ZSTD, contents.length, zstd)).isEqualTo(contents.length);
        assertThat(measured(ZLIB, 100_000, zlib)).isEqualTo(100_000);
        assertThat(measured(ZLIB, 900_000, zlib)).isEqualTo(contents.length);
        assertThat(measured(ZSTD, -1, zstd)).isEqualTo(contents.length);
        assertThat(measured(ZLIB, contents.length, Arrays.copyOf(zlib, zlib.length / 2)))
                .isBetween(contents.length / 3L, contents.length * 2L / 3);
        assertThat(measured(ZLIB, contents.length, new byte[100])).isZero();
        assertThat(measured(7, 900_000, zlib)).isEqualTo(-1);
    }

    /// A stream of zeros takes no more time than 32 times its own bytes.
    @Test
    void countsNoMoreThanHonestFilesHave() throws Exception {
        byte[] zeros = deflate(new byte[LIMIT]);
        assertThat(zeros.length).isLessThan(LIMIT / 500);
        assertThat(measured(ZLIB, LIMIT, zeros)).isEqualTo(32L * (24 + zeros.length));
        assertThat(measured(ZLIB, LIMIT * 64L, deflate(noise(LIMIT * 2, 19)))).isEqualTo(LIMIT);
    }

    /// Returns -1 if the section cannot be read at all.
    private static long measured(int type, long size, byte[] stream) throws Exception {
        try (ElfFile elf = ElfFile.of("packed", compressed(type, size, stream), LIMITS)) {
            assertThat(elf.measuredSize(".debug_line")).isZero();
            return elf.measuredSize(".debug_info");
        } catch (MalformedBinaryException e) {
            return -1;
        }
    }

    /// Half of it NULs, so that it deflates and strings end.
    private static byte[] noise(int length, long seed) {
        byte[] contents = new byte[length];
        Random random = new Random(seed);
        for (int i = 0; i < length; i++) {
            contents[i] = (byte) Math.max(0, random.nextInt(512) - 256);
        }
        return contents;
    }

    private static MalformedBinaryException refusal(int type, long size, byte[] stream) {
        return catchThrowableOfType(MalformedBinaryException.class, () -> inflate(type, size, stream));
    }

    private static byte[] inflate(int type, long size, byte[] stream) throws MalformedBinaryException {
        try (ElfFile elf = ElfFile.of("packed", compressed(type, size, stream), LIMITS)) {
            ByteExtent contents = elf.debugSection(".debug_info").orElseThrow();
            return contents.cursor().take((int) contents.size(), "contents");
        }
    }

    private static byte[] compressed(int type, long size, byte[] stream) {
        return ElfBuilder.elf64()
                .section(RawSection.section(".debug_info", RawSection.SHT_PROGBITS, section(type, size, stream))
                        .with(SectionField.SH_FLAGS, SHF_COMPRESSED))
                .build();
    }

    private static byte[] section(int type, long size, byte[] stream) {
        return ByteBuffer.allocate(24 + stream.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
                .putInt(0)
                .putLong(size)
                .putLong(1)
                .put(stream)
                .array();
    }

    private static byte[] deflate(byte[] contents) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
            deflater.write(contents);
        }
        return out.toByteArray();
    }
}
