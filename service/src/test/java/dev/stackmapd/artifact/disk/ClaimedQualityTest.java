package dev.stackmapd.artifact.disk;

import static dev.stackmapd.artifact.disk.StoreFolder.UPLOAD;
import static dev.stackmapd.artifact.disk.StoreFolder.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.fixtures.RawSection;
import dev.stackmapd.fixtures.RawSegment;
import dev.stackmapd.fixtures.RawSymbol;
import dev.stackmapd.fixtures.SectionField;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that agree with the one that is held and claim to have more debug information than they have.
class ClaimedQualityTest {
    private static final int COMPRESSED = 0x800;

    @SuppressWarnings("NullAway.Init") // opened before each test
    private ArtifactStore store;

    @BeforeEach
    void holdAnHonestFile(@TempDir Path directory) throws IOException {
        store = new StoreFolder(directory.resolve("store")).open();
        assertThat(put(store, with(RawSection.section(".debug_info", RawSection.SHT_PROGBITS, new byte[64])), UPLOAD))
                .isInstanceOf(ReceiveResult.Stored.class);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private static Sample with(RawSection debugInformation) {
        byte[] bytes = ElfBuilder.elf64()
                .type(ElfBuilder.ET_EXEC)
                .noteSegment(0x200, RawNote.buildIdOf(20))
                .segment(RawSegment.load(0x1000, 16, 0x401000))
                .bytes(0x1000, new byte[16])
                .section(RawSection.section(".text", RawSection.SHT_PROGBITS, new byte[16])
                        .with(SectionField.SH_FLAGS, 6)
                        .with(SectionField.SH_ADDR, 0x401000))
                .symbols(".symtab", RawSection.SHT_SYMTAB, RawSymbol.function("f", 0x401000, 16))
                .section(debugInformation)
                .build();
        return new Sample(
                BuildId.of(RawNote.countingBytes(20)),
                ArtifactKind.EXECUTABLE,
                HexFormat.of().formatHex(bytes));
    }

    /// A compressed section of a few bytes that are no stream.
    private static byte[] header(int type, long size) {
        return ByteBuffer.allocate(40)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
                .putInt(0)
                .putLong(size)
                .putLong(1)
                .array();
    }

    private ReceiveResult offer(RawSection debugInformation) throws IOException {
        return put(store, with(debugInformation), UPLOAD);
    }

    @Test
    void moreThanIsThereOfASectionWithoutBytes() throws Exception {
        ReceiveResult result =
                offer(RawSection.section(".debug_info", RawSection.SHT_NOBITS).with(SectionField.SH_SIZE, 1L << 30));
        assertThat(result)
                .isInstanceOfSatisfying(
                        ReceiveResult.Worse.class,
                        worse -> assertThat(worse.offered().amount()).isEqualTo(1));
    }

    @Test
    void moreThanIsThereOfACompressedSection() throws Exception {
        for (int type = 1; type <= 3; type++) {
            for (long size : new long[] {1 << 20, 1L << 40, Long.MAX_VALUE, -1}) {
                assertThat(offer(RawSection.section(".debug_info", RawSection.SHT_PROGBITS, header(type, size))
                                .with(SectionField.SH_FLAGS, COMPRESSED)))
                        .as("type %d, %d bytes", type, size)
                        .isInstanceOf(ReceiveResult.Worse.class);
            }
        }
    }

    @Test
    void aSectionBeyondTheEndOfTheFile() throws Exception {
        assertThat(offer(RawSection.section(".debug_info", RawSection.SHT_PROGBITS, new byte[64])
                        .with(SectionField.SH_SIZE, 1L << 30)))
                .isInstanceOfAny(ReceiveResult.Truncated.class, ReceiveResult.Damaged.class);
    }

    @Test
    void anUnknownPrefixOfTheOldForm() throws Exception {
        byte[] claim = HexFormat.of().parseHex("5a4c4942" + "000000ffffffffff" + "00".repeat(20));
        assertThat(offer(RawSection.section(".zdebug_info", RawSection.SHT_PROGBITS, claim)))
                .isInstanceOf(ReceiveResult.Worse.class);
    }
}
