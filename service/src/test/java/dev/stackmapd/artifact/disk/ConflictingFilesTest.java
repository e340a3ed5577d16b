package dev.stackmapd.artifact.disk;

import static dev.stackmapd.artifact.disk.StoreFolder.FETCH;
import static dev.stackmapd.artifact.disk.StoreFolder.UPLOAD;
import static dev.stackmapd.artifact.disk.StoreFolder.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.artifact.disk.ArtifactStore.OpenReport;
import dev.stackmapd.artifact.disk.Origin.Trust;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.Sha256;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.Layout;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files of one build-id that are of different programs, and those that only look so. Tools made them
/// (`build-layouts.sh`).
class ConflictingFilesTest {
    @TempDir
    private Path folder;

    private StoreFolder place;
    private ArtifactStore store;

    @BeforeEach
    void open() throws IOException {
        place = new StoreFolder(folder);
        store = place.open();
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pie.objcopy", "pie.llvm", "pie.eu", "pie.eu-reloc"})
    void debugFilesOfTheProgramAreTaken(String debugFile) throws IOException {
        for (String executable : List.of("pie", "pie.stripped", "pie.rpath", "pie.interpreter")) {
            assertThat(put(store, executable(executable), UPLOAD)).isInstanceOf(ReceiveResult.Stored.class);
            assertThat(put(store, debugFile(debugFile), UPLOAD))
                    .as(executable)
                    .isInstanceOf(ReceiveResult.Stored.class);
            store.remove(executable("pie").buildId(), ArtifactKind.EXECUTABLE);
            store.remove(executable("pie").buildId(), ArtifactKind.DEBUGINFO);
        }
        assertThat(conflicts()).isEmpty();
    }

    @Test
    void theFirstUploadStaysAndASecondOneThatContradictsItIsRefused() throws IOException {
        put(store, executable("pie.stripped"), UPLOAD);
        Sample other = executable("pie.other");

        ReceiveResult refused = put(store, other, UPLOAD);

        assertThat(refused)
                .isInstanceOfSatisfying(
                        ReceiveResult.Contradicts.class,
                        contradicts -> assertThat(contradicts.why())
                                .isEqualTo(
                                        "executable segments in memory: 0x1000+0x80 here, 0x1000+0x4d in the uploaded"
                                                + " executable"));
        assertThat(held()).containsExactly(sha256(executable("pie.stripped")));
        assertThat(conflicts()).hasSize(1);
        assertThat(conflicts().getFirst().source()).isEqualTo(Conflict.Source.UPLOAD);
        assertThat(conflicts().getFirst().kind()).isEqualTo(ArtifactKind.EXECUTABLE);
        assertThat(conflicts().getFirst().sha256()).isEqualTo(sha256(other));
        assertThat(store.conflicts().count(Conflict.Source.UPLOAD)).isEqualTo(1);
        put(store, other, UPLOAD);
        assertThat(conflicts()).hasSize(1);
        assertThat(store.conflicts().count(Conflict.Source.UPLOAD)).isEqualTo(2);
        place.isInOrder(store);
    }

    @Test
    void filesOfDifferentKindsAreComparedToo() throws IOException {
        put(store, debugFile("pie.shifted.objcopy"), UPLOAD);

        assertThat(put(store, executable("pie"), UPLOAD)).isInstanceOf(ReceiveResult.Contradicts.class);
        assertThat(put(store, executable("pie.other"), UPLOAD)).isInstanceOf(ReceiveResult.Contradicts.class);
    }

    @Test
    void theVerySameFileIsNoConflict() throws IOException {
        put(store, executable("pie.other"), UPLOAD);
        put(store, debugFile("pie.objcopy"), FETCH);

        assertThat(put(store, executable("pie.other"), UPLOAD)).isInstanceOf(ReceiveResult.AlreadyThere.class);
    }

    @Test
    void theExecutableMovedInTheFileIsAnotherOne() throws IOException {
        put(store, fixed("fixed", ArtifactKind.EXECUTABLE), UPLOAD);

        assertThat(put(store, fixed("fixed.rpath", ArtifactKind.EXECUTABLE), UPLOAD))
                .isInstanceOf(ReceiveResult.Contradicts.class);
        assertThat(put(store, fixed("fixed.rpath.objcopy", ArtifactKind.DEBUGINFO), UPLOAD))
                .isInstanceOf(ReceiveResult.Stored.class);
    }

    @Test
    void anUpstreamsFileTakesThePlaceOfAnUploadThatItContradicts() throws IOException {
        put(store, executable("pie.other"), UPLOAD);

        ReceiveResult taken = put(store, executable("pie.stripped"), FETCH);

        assertThat(taken)
                .isInstanceOfSatisfying(
                        ReceiveResult.Overruled.class,
                        overruled -> assertThat(overruled.why())
                                .isEqualTo(
                                        "executable segments in memory: 0x1000+0x80 here, 0x1000+0x4d in the executable from"
                                                + " debuginfod"));
        assertThat(held()).containsExactly(sha256(executable("pie.stripped")));
        assertThat(conflicts().getFirst().sha256()).isEqualTo(sha256(executable("pie.other")));
        assertThat(put(store, executable("pie.other"), UPLOAD)).isInstanceOf(ReceiveResult.Contradicts.class);
        place.isInOrder(store);
    }

    @Test
    void anUpstreamsFileOfAnotherKindIsTakenBesideAnUploadThatItContradicts() throws IOException {
        put(store, executable("pie.other"), UPLOAD);

        assertThat(put(store, debugFile("pie.objcopy"), FETCH)).isInstanceOf(ReceiveResult.Stored.class);
        // The upload that is in the way counts no more: one that agrees with the upstream takes its place, though it
        // has less to say.
        assertThat(put(store, executable("pie.stripped"), UPLOAD)).isInstanceOf(ReceiveResult.Overruled.class);
        assertThat(held())
                .containsExactlyInAnyOrder(sha256(executable("pie.stripped")), sha256(debugFile("pie.objcopy")));
    }

    @Test
    void oneUpstreamDoesNotReplaceWhatAnotherSent() throws IOException {
        put(store, executable("pie"), FETCH);

        assertThat(put(store, debugFile("pie.moved.objcopy"), new Origin.Debuginfod("https://other.example", "")))
                .isInstanceOf(ReceiveResult.Contradicts.class);
        assertThat(conflicts().getFirst().source()).isEqualTo(Conflict.Source.DEBUGINFOD);
    }

    @Test
    void anUpstreamIsToldBeforeItsFileIsKept() throws IOException {
        put(store, executable("pie"), FETCH);
        Sample moved = debugFile("pie.moved.objcopy");

        try (IncomingFile incoming = store.receive(moved.buildId(), moved.kind(), FETCH)) {
            incoming.write(ByteBuffer.wrap(moved.bytes()));
            assertThat(incoming.check()).containsInstanceOf(ReceiveResult.Contradicts.class);
        }
    }

    @Test
    void filesOfTheOperatorCountMoreThanAll() throws Exception {
        Layout operators = layout("pie.stripped");
        store.compareWith(buildId -> List.of(operators));

        assertThat(put(store, executable("pie.other"), UPLOAD))
                .isInstanceOfSatisfying(
                        ReceiveResult.Contradicts.class,
                        contradicts -> assertThat(contradicts.why()).contains("a file of the operator's folders"));
        assertThat(put(store, executable("pie.other"), FETCH)).isInstanceOf(ReceiveResult.Contradicts.class);
        assertThat(put(store, executable("pie"), UPLOAD)).isInstanceOf(ReceiveResult.Stored.class);
    }

    @Test
    void amongFilesThatAgreeTheOneWithMoreToSayReplacesTheOther() throws IOException {
        put(store, executable("pie.stripped"), UPLOAD);

        assertThat(put(store, executable("pie"), UPLOAD)).isInstanceOf(ReceiveResult.Replaced.class);
        assertThat(put(store, executable("pie.rpath"), UPLOAD)).isInstanceOf(ReceiveResult.Worse.class);
        assertThat(put(store, executable("pie.stripped"), UPLOAD)).isInstanceOf(ReceiveResult.Worse.class);
    }

    /// It could be said to say more by anybody who adds to it.
    @Test
    void anUploadDoesNotTakeThePlaceOfAnUpstreamsFileHoweverMuchItSays() throws IOException {
        put(store, executable("pie.stripped"), FETCH);

        assertThat(put(store, executable("pie"), UPLOAD)).isInstanceOf(ReceiveResult.Worse.class);
        assertThat(held()).containsExactly(sha256(executable("pie.stripped")));
        assertThat(put(store, executable("pie"), FETCH)).isInstanceOf(ReceiveResult.Replaced.class);
    }

    @Test
    void anUpstreamsFileTakesThePlaceOfAnUploadUnlessItHasALesserKindOfNames() throws IOException {
        Sample pie = executable("pie");
        put(store, pie.padded(0), UPLOAD);

        assertThat(put(store, executable("pie.stripped"), FETCH)).isInstanceOf(ReceiveResult.Worse.class);
        assertThat(put(store, pie, FETCH)).isInstanceOf(ReceiveResult.Replaced.class);
        assertThat(held()).containsExactly(sha256(pie));
    }

    /// A file that contradicts an upstream's would count again if that were made an upload by sending it once
    /// more: it came first.
    @Test
    void whatAnUpstreamGaveCountsNoLessWhenItIsSentToo() throws IOException {
        put(store, debugFile("pie.shifted.objcopy"), UPLOAD);
        put(store, executable("pie"), FETCH);

        assertThat(put(store, executable("pie"), UPLOAD)).isInstanceOf(ReceiveResult.AlreadyThere.class);
        assertThat(store.held(executable("pie").buildId()).getFirst().origin()).isEqualTo(FETCH);
        assertThat(put(store, debugFile("pie.objcopy"), UPLOAD)).isInstanceOf(ReceiveResult.Overruled.class);
        store.close();
        store = place.open();
        assertThat(store.held(executable("pie").buildId()).getFirst().trust()).isEqualTo(Trust.UPSTREAM);
    }

    @Test
    void whatWasSentCountsMoreOnceAnUpstreamGivesItToo() throws IOException {
        put(store, executable("pie"), UPLOAD);

        assertThat(put(store, executable("pie"), FETCH)).isInstanceOf(ReceiveResult.AlreadyThere.class);
        assertThat(store.held(executable("pie").buildId()).getFirst().trust()).isEqualTo(Trust.UPSTREAM);
    }

    @Test
    void aFileIsReplacedOnPurposeByRemovingIt() throws IOException {
        put(store, executable("pie"), UPLOAD);
        store.remove(executable("pie").buildId(), ArtifactKind.EXECUTABLE);

        assertThat(put(store, executable("pie.other"), UPLOAD)).isInstanceOf(ReceiveResult.Stored.class);
    }

    @Test
    void layoutsOutliveTheProcess() throws IOException {
        put(store, executable("pie"), UPLOAD);
        store.close();
        store = place.open();

        assertThat(put(store, debugFile("pie.moved.objcopy"), UPLOAD)).isInstanceOf(ReceiveResult.Contradicts.class);
    }

    @Test
    void aFileWithAnOldRecordIsTakenUpAsRecovered() throws Exception {
        put(store, executable("pie"), UPLOAD);
        store.close();
        Path record = StoreFolder.files(place.path()).stream()
                .filter(file -> file.toString().endsWith(".record"))
                .findFirst()
                .orElseThrow();
        Files.writeString(record, asOfVersion1(Files.readString(record)));
        store = place.open();

        assertThat(store.held(executable("pie").buildId()).getFirst().layout()).isEqualTo(layout("pie"));
        assertThat(store.held(executable("pie").buildId()).getFirst().origin()).isEqualTo(new Origin.Recovered());
        assertThat(store.report()).isEqualTo(new OpenReport(1, 1, 0, 0));
    }

    private static String asOfVersion1(String record) {
        String facts = record.replace("stackmapd-artifact 3", "stackmapd-artifact 1")
                .replace("upload PUT 127.0.0.1 ", "upload ")
                .replaceAll("layout .*\n", "")
                .replaceAll("verified .*\n", "")
                .replaceAll("crc32c .*\n", "");
        CRC32C crc = new CRC32C();
        crc.update(facts.getBytes(StandardCharsets.US_ASCII));
        return facts + "crc32c %08x\n".formatted(crc.getValue());
    }

    private static Layout layout(String name) throws Exception {
        try (ElfFile file = ElfFile.open(Fixtures.path("binaries/layouts/" + name), ParseLimits.DEFAULT)) {
            return file.layout();
        }
    }

    private List<Conflict> conflicts() throws IOException {
        return store.conflicts().of(executable("pie").buildId());
    }

    private List<String> held() throws IOException {
        return store.held(executable("pie").buildId()).stream()
                .map(HeldArtifact::sha256)
                .toList();
    }

    private static String sha256(Sample sample) {
        return HexFormat.of().formatHex(Sha256.create().digest(sample.bytes()));
    }

    static Sample executable(String name) throws IOException {
        return sample("pie", name, ArtifactKind.EXECUTABLE);
    }

    private static Sample debugFile(String name) throws IOException {
        return sample("pie", name, ArtifactKind.DEBUGINFO);
    }

    private static Sample fixed(String name, ArtifactKind kind) throws IOException {
        return sample("fixed", name, kind);
    }

    private static Sample sample(String program, String name, ArtifactKind kind) throws IOException {
        String id = Files.readAllLines(Fixtures.path("expected/layouts/" + program + ".readelf")).stream()
                .filter(line -> line.startsWith("id "))
                .map(line -> line.substring("id ".length()))
                .findFirst()
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(Fixtures.path("binaries/layouts/" + name));
        return new Sample(BuildId.parse(id).orElseThrow(), kind, HexFormat.of().formatHex(bytes));
    }
}
