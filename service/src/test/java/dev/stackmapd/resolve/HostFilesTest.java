package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.process.Device;
import dev.stackmapd.stack.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Files below a root, and everything that a path of a maps text may name instead of an honest one (safety 5.2,
/// DEV-20). Each line of a maps text is a page, so [MapsText#page] of a line is the address that is asked for.
@EnabledOnOs(OS.LINUX)
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostFilesTest {
    private static final byte[] ELF =
            ElfBuilder.elf64().noteSegment(0x200, RawNote.buildIdOf(20)).build();
    private static final BuildId ID = BuildId.of(RawNote.countingBytes(20));
    private static final Frame AT_START = new Frame.InFile(ID, new FileOffset(0));

    @TempDir
    private Path top;

    private Path root;
    private Path outside;

    @BeforeEach
    void folders() throws IOException {
        root = Files.createDirectory(top.resolve("root"));
        outside = Files.write(top.resolve("outside.so"), ELF);
    }

    @Test
    void aFileBelowTheRootIsRead() throws IOException {
        Path file = Files.write(Files.createDirectory(root.resolve("lib")).resolve("a.so"), ELF);

        assertThat(process("/lib/a.so", file).frameIn(0)).isEqualTo(AT_START);
    }

    @Test
    void rootsAreTriedInOrder() throws IOException {
        Path other = Files.createDirectory(top.resolve("other"));
        Files.writeString(other.resolve("a.so"), "another file of this name");
        Path file = Files.write(root.resolve("a.so"), ELF);
        MapsText maps = new MapsText().file(file, "/a.so".getBytes(UTF_8));

        assertThat(Resolving.of(maps.parse(), Resolving.roots(top.resolve("absent"), other, root), 0)
                        .frameIn(0))
                .isEqualTo(AT_START);
    }

    @Test
    void anUnescapedNewlineAndAVerbatimBackslashAreBothFound() throws IOException {
        Path newline = Files.write(root.resolve("new\nline.so"), ELF);
        Path backslash = Files.write(root.resolve("back\\012slash.so"), ELF);

        assertThat(process("/new\\012line.so", newline).frameIn(0)).as("PMX-08").isEqualTo(AT_START);
        assertThat(process("/back\\012slash.so", backslash).frameIn(0))
                .as("PMX-08")
                .isEqualTo(AT_START);
    }

    @Test
    void aNameThatIsNotUtf8IsFound() throws IOException, InterruptedException {
        byte[] name = "/caf\u00e9 \u00ff.so".getBytes(ISO_8859_1);
        run("sh", "-c", "cp \"$0\" \"$1$(printf '/caf\\351 \\377.so')\"", outside.toString(), root.toString());
        String[] numbers = run("sh", "-c", "stat -c '%i' \"$0\"/*", root.toString())
                .strip()
                .split("\n", -1);
        MapsText maps = new MapsText().line(MapsText.deviceOf(root), Long.parseLong(numbers[0]), name);

        assertThat(Resolving.of(maps.parse(), Resolving.roots(root), 0).frameIn(0))
                .as("PMX-07")
                .isEqualTo(AT_START);
    }

    @Test
    void twoDotsDoNotLeaveTheRoot() throws IOException {
        assertThat(process("/../outside.so", outside).resolution(0))
                .isEqualTo(new Resolution.Missing(Frame.Reason.UNREADABLE, "no file has this path (ENOENT)"));
        assertThat(process("/../../../../../../../.." + outside, outside).reason(0))
                .isEqualTo(Frame.Reason.UNREADABLE);
    }

    @Test
    void aLinkOutOfTheRootIsNotFollowed() throws IOException {
        Files.createSymbolicLink(root.resolve("absolute.so"), outside);
        Files.createSymbolicLink(root.resolve("relative.so"), Path.of("../outside.so"));
        Files.createSymbolicLink(root.resolve("folder"), top);
        Resolution linked =
                new Resolution.Missing(Frame.Reason.UNREADABLE, "the path leads through a symbolic link (ELOOP)");

        assertThat(process("/absolute.so", outside).resolution(0)).isEqualTo(linked);
        assertThat(process("/relative.so", outside).resolution(0)).isEqualTo(linked);
        assertThat(process("/folder/outside.so", outside).resolution(0)).isEqualTo(linked);
    }

    @Test
    void anotherInodeIsStale() throws IOException {
        Path mapped = Files.write(root.resolve("a.so"), ELF);
        MapsText maps = new MapsText().file(mapped, "/a.so".getBytes(UTF_8));
        Path kept = root.resolve("kept.so"); // so that its inode is not given out again
        Files.move(mapped, kept);
        Files.write(mapped, ELF);

        assertThat(Resolving.of(maps.parse(), Resolving.roots(root), 0).reason(0))
                .as("DEV-18")
                .isEqualTo(Frame.Reason.STALE_FILE);
    }

    @Test
    void theInodeOnAnotherDeviceIsStale() throws IOException {
        Path file = Files.write(root.resolve("a.so"), ELF);
        MapsText maps = new MapsText().line(new Device(0, 0x7777), MapsText.inodeOf(file), "/a.so".getBytes(UTF_8));

        assertThat(Resolving.of(maps.parse(), Resolving.roots(root), 0).reason(0))
                .as("PMX-04, DEV-18")
                .isEqualTo(Frame.Reason.STALE_FILE);
    }

    /// Some tools print the maps text again without its devices.
    @Test
    void withoutADeviceTheInodeDecides() throws IOException {
        Path file = Files.write(root.resolve("a.so"), ELF);
        Device none = new Device(0, 0);
        MapsText maps = new MapsText()
                .line(none, MapsText.inodeOf(file), "/a.so".getBytes(UTF_8))
                .line(none, MapsText.inodeOf(outside), "/a.so".getBytes(UTF_8));
        Resolving process = Resolving.of(maps.parse(), Resolving.roots(root), 0);

        assertThat(process.frameIn(0)).isEqualTo(AT_START);
        assertThat(process.reason(1)).as("DEV-18").isEqualTo(Frame.Reason.STALE_FILE);
    }

    @Test
    void aDeletedNameIsNotTakenForAnotherFile() throws IOException {
        Path file = Files.write(root.resolve("a.so"), ELF);
        Path odd = Files.write(root.resolve("b.so (deleted)"), ELF);

        assertThat(process("/a.so (deleted)", file).reason(0)).as("PMX-09").isEqualTo(Frame.Reason.UNREADABLE);
        assertThat(process("/b.so (deleted)", odd).frameIn(0)).as("PMX-09").isEqualTo(AT_START);
    }

    @Test
    void aFifoIsNeverOpened() throws IOException, InterruptedException {
        Path fifo = root.resolve("fifo");
        run("mkfifo", fifo.toString());

        assertThat(process("/fifo", fifo).resolution(0))
                .isEqualTo(new Resolution.Missing(Frame.Reason.UNREADABLE, "no regular file"));
    }

    @Test
    void aDeviceIsNeverOpened() throws IOException {
        assertNotRegular("/dev/zero");
        assertNotRegular("/dev/tty");
    }

    @Test
    void aFolderIsNoBinary() throws IOException {
        assertThat(process("/", root).resolution(0))
                .isEqualTo(new Resolution.Missing(Frame.Reason.UNREADABLE, "no regular file"));
    }

    @Test
    void aFileThatTheKernelMakesUpIsNotRead() throws IOException {
        Path file = Path.of("/proc/version");
        MapsText maps = new MapsText().file(file, "/proc/version".getBytes(UTF_8));

        assertThat(Resolving.of(maps.parse(), Resolving.roots(Path.of("/")), 0).resolution(0))
                .isEqualTo(new Resolution.Missing(Frame.Reason.UNREADABLE, "a file system that makes up its contents"));
    }

    @Test
    void namesThatNoFileCanHaveAreRefused() throws IOException {
        assertThat(process("/a\0b", outside).reason(0)).isEqualTo(Frame.Reason.UNREADABLE);
        assertThat(process("/" + "x".repeat(5000), outside).resolution(0))
                .as("PMX-14")
                .isEqualTo(new Resolution.Missing(Frame.Reason.UNREADABLE, "the path is too long (ENAMETOOLONG)"));
        assertThat(process("anon_inode:[perf_event]", outside).reason(0)).isEqualTo(Frame.Reason.UNREADABLE);
        assertThat(process("", outside).reason(0)).isEqualTo(Frame.Reason.UNREADABLE);
    }

    @Test
    void contentsDecideTheOtherReasons() throws IOException {
        assertThat(reasonOf(new byte[0])).isIn(Frame.Reason.NOT_ELF, Frame.Reason.TRUNCATED);
        assertThat(reasonOf("#!/bin/sh\necho a script that is long enough\n".getBytes(UTF_8)))
                .isEqualTo(Frame.Reason.NOT_ELF);
        assertThat(reasonOf(ElfBuilder.elf64().build())).isEqualTo(Frame.Reason.NO_NOTE);
        assertThat(reasonOf(ElfBuilder.elf64()
                        .noteSegment(0x200, RawNote.buildIdOf(20))
                        .length(0x210)
                        .build()))
                .as("DEV-10")
                .isEqualTo(Frame.Reason.TRUNCATED);
        assertThat(reasonOf(ElfBuilder.elf64()
                        .noteSegment(0x200, RawNote.buildIdOf(20).withNameSize(0xffff_fff0L))
                        .build()))
                .isEqualTo(Frame.Reason.BAD_NOTE);
    }

    @Test
    void noDetailNamesAPathOfThisHost() throws IOException {
        Files.createSymbolicLink(root.resolve("link.so"), outside);
        for (String name : new String[] {"/link.so", "/absent.so", "/a\0b", ""}) {
            assertThat(process(name, outside).resolution(0).toString()).doesNotContain(top.toString());
        }
        MapsText maps = new MapsText().file(outside, "/x".getBytes(UTF_8));
        assertThat(Resolving.of(maps.parse(), Resolving.roots(top.resolve("no such root")), 0)
                        .resolution(0))
                .isEqualTo(new Resolution.Missing(
                        Frame.Reason.UNREADABLE, "a configured root: no file has this path (ENOENT)"));
    }

    @Test
    void withoutAccessNothingIsRead() throws IOException {
        Path file = Files.write(root.resolve("a.so"), ELF);
        MapsText maps = new MapsText().file(file, file.toString().getBytes(UTF_8));

        assertThat(Resolving.of(maps.parse()).reason(0)).as("DEV-20").isEqualTo(Frame.Reason.UNREADABLE);
    }

    private void assertNotRegular(String device) throws IOException {
        assumeTrue(Files.exists(Path.of(device)), device);
        MapsText maps = new MapsText().file(Path.of(device), device.getBytes(UTF_8));

        assertThat(Resolving.of(maps.parse(), Resolving.roots(Path.of("/")), 0).resolution(0))
                .isEqualTo(new Resolution.Missing(Frame.Reason.UNREADABLE, "no regular file"));
    }

    private Frame.Reason reasonOf(byte[] contents) throws IOException {
        return process("/some.so", Files.write(root.resolve("some.so"), contents))
                .reason(0);
    }

    private Resolving process(String name, Path file) throws IOException {
        return Resolving.of(new MapsText().file(file, name.getBytes(UTF_8)).parse(), Resolving.roots(root), 0);
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
