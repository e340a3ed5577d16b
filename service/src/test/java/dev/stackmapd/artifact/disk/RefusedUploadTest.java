package dev.stackmapd.artifact.disk;

import static dev.stackmapd.artifact.disk.StoreFolder.UPLOAD;
import static dev.stackmapd.artifact.disk.StoreFolder.put;
import static dev.stackmapd.artifact.disk.StoreFolder.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.fixtures.RawSection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is refused leaves neither a file nor a byte that counts.
class RefusedUploadTest {
    @SuppressWarnings("NullAway.Init") // made before each test
    private StoreFolder folder;

    @SuppressWarnings("NullAway.Init") // opened before each test
    private ArtifactStore store;

    @SuppressWarnings("NullAway.Init") // read before each test
    private Sample sample;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        folder = new StoreFolder(directory.resolve("store"));
        store = folder.open();
        sample = Sample.executable();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertThat(StoreFolder.files(folder.path()).stream().filter(file -> !file.endsWith("lock")))
                .isEmpty();
        assertThat(store.usage()).isEqualTo(new StoreUsage(0, 0, 0, 0));
        store.close();
    }

    private ReceiveResult offer(byte... bytes) throws IOException {
        return put(
                store,
                new Sample(sample.buildId(), sample.kind(), HexFormat.of().formatHex(bytes)),
                UPLOAD);
    }

    @Test
    void anotherBuildIdThanClaimed() throws Exception {
        BuildId claimed = sample.numbered(1).buildId();
        ReceiveResult result = put(store, new Sample(claimed, sample.kind(), sample.hex()), UPLOAD);
        assertThat(result).isEqualTo(new ReceiveResult.WrongBuildId(claimed, sample.buildId()));
    }

    @Test
    void noBuildIdAtAll() throws Exception {
        assertThat(offer(Files.readAllBytes(Fixtures.path("binaries/no-build-id"))))
                .isInstanceOf(ReceiveResult.NoBuildId.class);
    }

    @Test
    void aBuildIdOfZeros() throws Exception {
        byte[] zeros = new byte[20];
        byte[] bytes =
                ElfBuilder.elf64().noteSegment(0x200, RawNote.buildId(zeros)).build();
        Sample placeholder =
                new Sample(BuildId.of(zeros), sample.kind(), HexFormat.of().formatHex(bytes));
        assertThat(put(store, placeholder, UPLOAD)).isInstanceOf(ReceiveResult.NoBuildId.class);
    }

    @Test
    void nothing() throws Exception {
        assertThat(offer()).isEqualTo(new ReceiveResult.Truncated(0, "there are no bytes"));
    }

    /// A log-in page in the place of a file is the commonest lie of a server.
    @Test
    void aPageInsteadOfAFileIsStoppedAtItsFirstByte() throws Exception {
        byte[] page = "<!DOCTYPE html><title>Sign in</title>".getBytes(StandardCharsets.UTF_8);
        try (IncomingFile incoming = store.receive(sample.buildId(), sample.kind(), UPLOAD)) {
            assertThat(incoming.write(ByteBuffer.wrap(page, 0, 1))).isEqualTo(IncomingFile.Flow.STOP);
            assertThat(incoming.finish()).isInstanceOf(ReceiveResult.NotElf.class);
        }
        assertThat(offer(page)).isInstanceOf(ReceiveResult.NotElf.class);
        assertThat(offer((byte) 0x7f, (byte) 'E', (byte) 'L', (byte) 'G')).isInstanceOf(ReceiveResult.NotElf.class);
    }

    @Test
    void everyPrefixOfARealFile() throws Exception {
        byte[] whole = sample.bytes();
        for (int length = 0; length < whole.length; length += length < 200 || length > 5_100 ? 1 : 37) {
            assertThat(offer(Arrays.copyOf(whole, length)))
                    .describedAs("first %d bytes", length)
                    .isInstanceOfAny(
                            ReceiveResult.Truncated.class, ReceiveResult.NotElf.class, ReceiveResult.Damaged.class);
        }
    }

    /// The section header table of this file is its end: readelf -h.
    @Test
    void aCutBetweenAnyTwoSectionHeaders() throws Exception {
        byte[] whole = sample.bytes();
        for (int headers = 0; headers < 12; headers++) {
            assertThat(offer(Arrays.copyOf(whole, 5_192 + 64 * headers)))
                    .describedAs("%d headers left", headers)
                    .isInstanceOfAny(ReceiveResult.Truncated.class, ReceiveResult.Damaged.class);
        }
    }

    @Test
    void aFileWithoutSectionHeadersThatLacksItsEnd() throws Exception {
        String fixture = "libno-sections.so";
        Sample bare = Sample.of(fixture, fixture, ArtifactKind.EXECUTABLE);
        for (int length : new int[] {12_290, 12_000, 9_000}) {
            Sample cut = new Sample(bare.buildId(), bare.kind(), bare.hex().substring(0, 2 * length));
            assertThat(put(store, cut, UPLOAD)).isInstanceOf(ReceiveResult.Truncated.class);
        }
    }

    @Test
    void fewerOrMoreBytesThanAnnounced() throws Exception {
        try (IncomingFile incoming = store.receive(sample.buildId(), sample.kind(), UPLOAD, sample.size() + 1)) {
            assertThat(send(incoming, sample.bytes()))
                    .isEqualTo(new ReceiveResult.Truncated(sample.size(), sample.size() + 1 + " bytes were announced"));
        }
        try (IncomingFile incoming = store.receive(sample.buildId(), sample.kind(), UPLOAD, sample.size() - 1)) {
            assertThat(send(incoming, sample.bytes())).isEqualTo(new ReceiveResult.TooLarge(sample.size() - 1));
        }
        try (IncomingFile incoming = store.receive(sample.buildId(), sample.kind(), UPLOAD, 0)) {
            assertThat(send(incoming, sample.bytes())).isEqualTo(new ReceiveResult.TooLarge(0));
        }
        assertThatThrownBy(() -> store.receive(sample.buildId(), sample.kind(), UPLOAD, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void moreThanOneFileMayHave() throws Exception {
        store.close();
        long most = sample.size() - 1;
        store = folder.maxFile(most).open();
        assertThat(put(store, sample, UPLOAD)).isEqualTo(new ReceiveResult.TooLarge(most));
        try (IncomingFile incoming = store.receive(sample.buildId(), sample.kind(), UPLOAD, sample.size())) {
            assertThat(incoming.flow()).isEqualTo(IncomingFile.Flow.STOP);
            assertThat(incoming.finish()).isEqualTo(new ReceiveResult.TooLarge(most));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "split/stripped.debug, split.stripped, EXECUTABLE",
        "split/stripped, split.stripped, DEBUGINFO",
        "split/stripped, split.stripped, SUPPLEMENTARY",
        "sizes, sizes, SUPPLEMENTARY",
        "sizes, sizes, PACKAGE"
    })
    void whatIsNotOfTheKind(String fixture, String id, ArtifactKind kind) throws Exception {
        Sample other = Sample.of(fixture, id, kind);
        assertThat(put(store, other, UPLOAD))
                .isInstanceOfSatisfying(
                        ReceiveResult.WrongKind.class,
                        r -> assertThat(r.claimed()).isEqualTo(kind));
    }

    @Test
    void whatIsNoSplitPackageThoughItHasNoBuildId() throws Exception {
        byte[] bytes = ElfBuilder.elf64()
                .section(RawSection.section(".debug_cu_index", RawSection.SHT_PROGBITS))
                .build();
        Sample empty = new Sample(
                sample.buildId(), ArtifactKind.PACKAGE, HexFormat.of().formatHex(bytes));
        assertThat(put(store, empty, UPLOAD)).isInstanceOf(ReceiveResult.WrongKind.class);
    }

    @Test
    void whatIsGivenUpHalfway() throws Exception {
        try (IncomingFile incoming = store.receive(sample.buildId(), sample.kind(), UPLOAD, sample.size())) {
            incoming.write(ByteBuffer.wrap(sample.bytes(), 0, 1_000));
            assertThat(store.usage().bytes()).isEqualTo(sample.cost());
        }
    }

    @Test
    void aReceptionNamesNoPath() throws Exception {
        assertThat(offer(Arrays.copyOf(sample.bytes(), 3_000)).toString())
                .doesNotContain(folder.path().toString(), "incoming", ".tmp");
    }
}
