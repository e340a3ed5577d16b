package dev.stackmapd.artifact.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.stackmapd.artifact.disk.Artifact;
import dev.stackmapd.artifact.disk.Artifact.Code;
import dev.stackmapd.artifact.disk.Artifact.Symbols;
import dev.stackmapd.artifact.folder.ScanReport.Completeness;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryArtifactsTest {
    @TempDir
    private Path directory;

    private Path folder = Path.of("");

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(directory.resolve("folder"));
    }

    @Test
    void aFolderIsIndexedByBuildId() throws Exception {
        copy("sizes", "deep/er/renamed");
        copy("no-build-id", "none");
        Files.writeString(folder.resolve("script"), "#!/bin/sh\n");
        DirectoryArtifacts artifacts = over(folder);
        assertThat(artifacts.find(id("sizes"))).isEmpty();
        assertThat(artifacts.rescan()).isEqualTo(new ScanReport(3, 2, 0, 0, 2, Completeness.COMPLETE));
        assertThat(artifacts.find(id("sizes")))
                .extracting("buildId", "path", "code", "symbols")
                .containsExactly(
                        tuple(id("sizes"), folder.resolve("deep/er/renamed"), Code.PRESENT, Symbols.DEBUG_INFORMATION));
        assertThat(artifacts.find(id("demo"))).isEmpty();
    }

    @Test
    void executablesAndDebugFilesAreToldApart() throws Exception {
        copy("split/stripped", "stripped");
        copy("split/stripped.debug", "debug");
        DirectoryArtifacts artifacts = over(folder);
        artifacts.rescan();
        assertThat(artifacts.find(id("split.stripped"))).extracting("code").containsExactly(Code.ABSENT, Code.PRESENT);
        assertThat(artifacts.find(id("split.stripped")).getFirst())
                .extracting("symbols")
                .isEqualTo(Symbols.DEBUG_INFORMATION);
    }

    @Test
    void aBuildIdTreeIsAskedWithoutAScan() throws Exception {
        BuildId id = id("split.stripped");
        for (Path root :
                List.of(Fixtures.path("binaries/debug-tree"), Fixtures.path("binaries/debug-tree/.build-id"))) {
            assertThat(over(root).find(id))
                    .extracting("code", "symbols")
                    .containsExactly(tuple(Code.ABSENT, Symbols.DEBUG_INFORMATION));
            assertThat(over(root).rescan().files()).isZero();
        }
    }

    @Test
    void aLinkInATreeIsFollowedInsideTheFolderOnly() throws Exception {
        copy("sizes", "bin/sizes");
        Path outside = Files.copy(Fixtures.path("binaries/demo"), directory.resolve("outside"));
        link(id("sizes"), folder.resolve("bin/sizes"));
        link(id("demo"), outside);
        Files.createSymbolicLink(folder.resolve("bin/link"), outside);
        DirectoryArtifacts artifacts = over(folder);
        assertThat(artifacts.find(id("sizes"))).hasSize(1);
        assertThat(artifacts.find(id("demo"))).isEmpty();
        artifacts.rescan();
        assertThat(artifacts.find(id("demo"))).isEmpty();
    }

    @Test
    void theNameInATreeIsNotBelieved() throws Exception {
        copy("demo", "demo");
        link(id("sizes"), folder.resolve("demo"));
        assertThat(over(folder).find(id("sizes"))).isEmpty();
    }

    /// As the kernel gives them, padded to 20 bytes (XLT-12), or short of what zeros are the file's own.
    @Test
    void aFolderIsAskedForAnyFormOfABuildId() throws Exception {
        copy("build-id-8", "a");
        DirectoryArtifacts artifacts = over(folder);
        artifacts.rescan();
        for (BuildId form : id("build-id-8").forms()) {
            assertThat(artifacts.find(form)).extracting(Artifact::buildId).containsExactly(id("build-id-8"));
        }
    }

    @Test
    void aTreeIsAskedForAnyFormOfABuildId() throws Exception {
        copy("build-id-16", "bin/sixteen");
        link(id("build-id-16"), folder.resolve("bin/sixteen"));
        for (BuildId form : id("build-id-16").forms()) {
            assertThat(over(folder).find(form)).extracting(Artifact::buildId).containsExactly(id("build-id-16"));
        }
        String hex = id("build-id-16").hex();
        assertThat(over(folder).find(BuildId.parse(hex + "00".repeat(5)).orElseThrow()))
                .as("over 20 bytes, ids are compared whole")
                .isEmpty();
        assertThat(over(folder).find(BuildId.parse(hex.substring(0, 30)).orElseThrow()))
                .as("what is cut is no zero")
                .isEmpty();
    }

    @Test
    void aDamagedFileIsCountedAndSaysWhatIsWrong() throws Exception {
        byte[] whole = Files.readAllBytes(Fixtures.path("binaries/sizes"));
        Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length - 100));
        DirectoryArtifacts artifacts = over(folder);
        assertThat(artifacts.rescan().damaged()).isEqualTo(1);
        assertThat(artifacts.find(id("sizes")))
                .singleElement()
                .isInstanceOfSatisfying(
                        Artifact.Damaged.class,
                        damaged -> assertThat(damaged.detail())
                                .startsWith("offset 0x")
                                .contains("section headers")
                                .doesNotContain(folder.toString()));
    }

    @Test
    void aRescanReadsOnlyWhatChanged() throws Exception {
        copy("sizes", "a");
        copy("demo", "b");
        copy("i386", "c");
        DirectoryArtifacts artifacts = over(folder);
        assertThat(artifacts.rescan().changed()).isEqualTo(3);
        assertThat(artifacts.rescan().changed()).isZero();
        Files.delete(folder.resolve("a"));
        Files.copy(Fixtures.path("binaries/build-id-8"), folder.resolve("b"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(artifacts.rescan()).isEqualTo(new ScanReport(2, 2, 0, 0, 2, Completeness.COMPLETE));
        assertThat(artifacts.find(id("sizes"))).isEmpty();
        assertThat(artifacts.find(id("demo"))).isEmpty();
        assertThat(artifacts.find(id("build-id-8"))).hasSize(1);
        assertThat(artifacts.find(id("i386"))).hasSize(1);
    }

    @Test
    void aScanIsBoundedAndAMissingFolderIsNotFatal() throws Exception {
        copy("sizes", "a");
        copy("demo", "b");
        DirectoryArtifacts one = new DirectoryArtifacts(
                List.of(directory.resolve("missing"), folder), new ScanLimits(1, 32, 8, 8), ParseLimits.DEFAULT);
        assertThat(one.rescan())
                .satisfies(report -> assertThat(report.files()).isEqualTo(1))
                .satisfies(report -> assertThat(report.unreadable()).isEqualTo(1))
                .satisfies(report -> assertThat(report.outcome()).isEqualTo(Completeness.STOPPED_AT_LIMIT));
    }

    @Test
    void copiesAreBounded() throws Exception {
        for (int i = 0; i < 12; i++) {
            copy("sizes", "copy" + i);
        }
        DirectoryArtifacts artifacts = over(folder);
        artifacts.rescan();
        assertThat(artifacts.find(id("sizes"))).hasSize(ScanLimits.DEFAULT.maxCopies());
    }

    @Test
    void aFileWithoutABuildIdIsHeldUnderItsHtlhash() throws Exception {
        copy("no-build-id", "deep/er/none");
        DirectoryArtifacts artifacts = over(folder);
        artifacts.rescan();
        BuildId hash = hash("no-build-id");
        assertThat(artifacts.find(hash))
                .extracting("buildId", "htlhash", "path", "code")
                .containsExactly(tuple(hash, hash, folder.resolve("deep/er/none"), Code.PRESENT));
        assertThat(artifacts.find(BuildId.parseGnu(hash.hex()).orElseThrow()))
                .as("a GNU build-id of the same bytes is another one")
                .isEmpty();
        assertThat(artifacts.rescan().changed()).isZero();
    }

    @Test
    void aFileWithABuildIdIsFoundByItsHtlhashToo() throws Exception {
        copy("sizes", "b");
        copy("sizes", "a");
        copy("build-id-16", "c");
        DirectoryArtifacts artifacts = over(folder);
        artifacts.rescan();
        assertThat(artifacts.find(hash("sizes")))
                .extracting("buildId", "htlhash", "path")
                .containsExactly(tuple(id("sizes"), hash("sizes"), folder.resolve("a")));
        assertThat(artifacts.find(hash("build-id-16")))
                .extracting(Artifact::buildId)
                .containsExactly(id("build-id-16"));
        Files.delete(folder.resolve("a"));
        Files.delete(folder.resolve("b"));
        artifacts.rescan();
        assertThat(artifacts.find(hash("sizes"))).isEmpty();
    }

    /// What no process maps to run it is not asked for by its htlhash.
    @Test
    void aRelocatableFileWithoutABuildIdIsPassedOver() throws Exception {
        copy("relocatable.o", "object.o");
        assertThat(over(folder).rescan()).isEqualTo(new ScanReport(1, 0, 0, 0, 0, Completeness.COMPLETE));
    }

    @Test
    void aTreeIsNotSearchedForAnHtlhash() throws Exception {
        copy("no-build-id", "bin/none");
        BuildId hash = hash("no-build-id");
        link(hash, folder.resolve("bin/none"));
        assertThat(over(folder).treePaths(hash)).isEmpty();
        assertThat(over(folder).find(hash)).isEmpty();
    }

    @Test
    void filesThatAreFoundByTheirHtlhashAreBounded() throws Exception {
        copy("sizes", "a");
        copy("sizes", "b");
        copy("no-build-id", "c");
        DirectoryArtifacts one =
                new DirectoryArtifacts(List.of(folder), new ScanLimits(10, 32, 8, 1), ParseLimits.DEFAULT);
        assertThat(one.rescan().outcome()).isEqualTo(Completeness.COMPLETE);
        copy("demo", "d");
        assertThat(one.rescan().outcome()).isEqualTo(Completeness.NOT_ALL_BY_HTLHASH);
        assertThat(one.find(hash("sizes"))).hasSize(1);
        assertThat(one.find(hash("no-build-id"))).hasSize(1);
        assertThat(one.find(hash("demo"))).isEmpty();
        assertThat(one.find(id("demo"))).hasSize(1);
    }

    private static DirectoryArtifacts over(Path root) {
        return new DirectoryArtifacts(List.of(root), ScanLimits.DEFAULT, ParseLimits.DEFAULT);
    }

    private void copy(String fixture, String to) throws IOException {
        Path target = folder.resolve(to);
        Files.createDirectories(target.getParent());
        Files.copy(Fixtures.path("binaries/" + fixture), target);
    }

    private void link(BuildId id, Path target) throws IOException {
        Path place = folder.resolve(".build-id").resolve(id.hex().substring(0, 2));
        Files.createDirectories(place);
        Files.createSymbolicLink(place.resolve(id.hex().substring(2)), target);
    }

    /// Python's hashlib printed the hash.
    private static BuildId hash(String fixture) throws IOException {
        return BuildId.parseHtlhash(Files.readString(Fixtures.path("expected/" + fixture + ".htlhash"))
                        .strip())
                .orElseThrow();
    }

    private static BuildId id(String fixture) throws IOException {
        return BuildId.parse(Files.readAllLines(Fixtures.path("expected/" + fixture + ".buildid"))
                        .getFirst())
                .orElseThrow();
    }
}
