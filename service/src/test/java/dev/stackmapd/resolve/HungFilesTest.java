package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.HungMount;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.process.Device;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.resolve.linux.HostFileThreads;
import dev.stackmapd.stack.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Files of a file system that does not answer, which is mounted for these tests, and budgets. Needs root and
/// FUSE; elsewhere the tests of the first kind are skipped.
@EnabledOnOs(OS.LINUX)
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HungFilesTest {
    private static final BuildId ID = BuildId.of(RawNote.countingBytes(20));
    private static final Resolution FOUND = new Resolution.Found(ID);

    @TempDir
    private Path folder;

    private Path mount;
    private Path file;
    private final HostFileThreads threads = new HostFileThreads(4);

    @BeforeEach
    void files() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        mount = Files.createDirectory(folder.resolve("mnt"));
        file = Files.write(
                folder.resolve("a.so"),
                ElfBuilder.elf64().noteSegment(0x200, RawNote.buildIdOf(20)).build());
    }

    @Test
    void aFileSystemThatDoesNotAnswerCostsOneThreadAndOneDeadline() throws IOException {
        try (HungMount hung = HungMount.at(mount)) {
            HostFiles files = files(Resolving.roots(hung.root()), new BatchFiles.Budget(100, seconds(60), seconds(2)));
            VmaIndex vmas = maps(50);
            BatchFiles first = files.batch();
            for (int line = 0; line < vmas.size() - 1; line++) {
                assertThat(resolution(first, vmas, line)).isInstanceOfSatisfying(Resolution.Missing.class, missing -> {
                    assertThat(missing.reason()).isEqualTo(Frame.Reason.UNREADABLE);
                    assertThat(missing.detail()).startsWith("not looked for");
                });
            }
            assertThat(resolution(first, vmas, 50)).as("beside it").isEqualTo(FOUND);
            assertThat(first.omission())
                    .hasValueSatisfying(said -> assertThat(said)
                            .startsWith("the files of 50 mappings were not looked for")
                            .contains(" 0 because a batch", " 50 because a file system does not answer"));
            assertThat(threads.lost()).isEqualTo(1);
            assertThat(files.notLookedFor()).isEqualTo(50);
            assertThat(files.batch().omission()).isEmpty();
        }
        await().until(() -> threads.lost() == 0);
    }

    /// What could not be looked for is looked for again, as soon as its file system answers.
    @Test
    void afterItAnswersItsFilesAreLookedForAgain() throws IOException {
        HostFiles files;
        VmaIndex vmas = maps(1);
        Path root;
        try (HungMount hung = HungMount.at(mount)) {
            root = hung.root();
            files = files(new FileAccess.Proc(List.of(root)), BatchFiles.Budget.DEFAULT);
            assertThat(resolution(files.batch(), vmas, 0))
                    .isEqualTo(new Resolution.Missing(
                            Frame.Reason.UNREADABLE, "not looked for: its file system does not answer"));
        }
        await().until(() -> threads.lost() == 0);
        assertThat(resolution(files.batch(), vmas, 0).toString())
                .doesNotContain("not looked for")
                .contains("UNREADABLE");
    }

    @Test
    void aBatchLooksForNoMoreFilesThanItsBudgetAllows() {
        HostFiles files = files(Resolving.roots(Path.of("/")), new BatchFiles.Budget(3, seconds(60), seconds(60)));
        BatchFiles batch = files.batch();
        VmaIndex vmas = absent(10);
        for (int line = 0; line < 3; line++) {
            assertThat(resolution(batch, vmas, line).toString()).contains("ENOENT");
        }
        for (int line = 3; line < 10; line++) {
            assertThat(resolution(batch, vmas, line))
                    .isEqualTo(new Resolution.Missing(
                            Frame.Reason.UNREADABLE, "not looked for: the batch has used up its look-ups"));
        }
        assertThat(batch.omission())
                .hasValueSatisfying(said -> assertThat(said)
                        .startsWith("the files of 7 mappings")
                        .contains(" 7 because a batch may look for 3 files in 60000 ms", " 0 because a file system"));
        assertThat(resolution(batch, vmas, 2).toString()).as("is remembered").contains("ENOENT");
        assertThat(resolution(files.batch(), vmas, 3).toString())
                .as("next batch")
                .contains("ENOENT");
    }

    @Test
    void aBatchLooksForNothingMoreWhenItsTimeIsUp() throws IOException {
        try (HungMount hung = HungMount.at(mount)) {
            HostFiles files = files(Resolving.roots(hung.root()), new BatchFiles.Budget(100, seconds(2), seconds(2)));
            VmaIndex vmas = maps(1);
            BatchFiles batch = files.batch();
            assertThat(resolution(batch, vmas, 0).toString()).contains("does not answer");
            assertThat(resolution(batch, vmas, 1).toString()).contains("used up");
            assertThat(resolution(files.batch(), vmas, 1)).isEqualTo(FOUND);
        }
    }

    private HostFiles files(FileAccess access, BatchFiles.Budget budget) {
        ResolutionCache recent = new ResolutionCache(1 << 20, seconds(60), seconds(60));
        BinaryLocations opened = new BinaryLocations(1 << 20, threads);
        return new HostFiles(access, new HostFiles.Caches(Resolving.cache(), recent, opened), threads, budget);
    }

    private static Resolution resolution(BatchFiles batch, VmaIndex vmas, int line) {
        Resolution resolution =
                batch.of(0, ProcessFiles.MappingsOrigin.SENT).buildIdOf(vmas.get(line), BuildIdProfile.LENIENT);
        return resolution instanceof Resolution.Found found ? new Resolution.Found(found.buildId()) : resolution;
    }

    /// Lines of files on the mount, each with a device of its own, as a sender may invent them; then one beside
    /// it.
    private VmaIndex maps(int hung) throws IOException {
        MapsText maps = new MapsText();
        for (int i = 0; i < hung; i++) {
            maps.line(new Device(1, i), i + 1, (mount + "/" + i).getBytes(UTF_8));
        }
        return maps.file(file, file.toString().getBytes(UTF_8)).parse();
    }

    private static VmaIndex absent(int count) {
        MapsText maps = new MapsText();
        for (int i = 0; i < count; i++) {
            maps.line(new Device(1, i), i + 1, ("/absent/" + i).getBytes(UTF_8));
        }
        return maps.parse();
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }
}
