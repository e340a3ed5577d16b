package dev.stackmapd.resolve.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.process.MapsParser;
import dev.stackmapd.process.VmaIndex;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What the kernel shows of a file, against the line of a mapping that Java made.
/// [dev.stackmapd.resolve.FileSystemsTest] has the file
/// systems for which it matters.
@EnabledOnOs(OS.LINUX)
class MapsInodeTest {
    @TempDir
    private Path folder;

    @Test
    void isWhatTheMapsHaveOfAnyMappingOfTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("some file"), "contents");

        assertThat(shown(file)).contains(inOwnMaps(file));
    }

    @Test
    void anEmptyFileIsShownToo() throws IOException {
        assertThat(shown(Files.createFile(folder.resolve("empty")))).isPresent();
    }

    @Test
    void whatCannotBeMappedIsNotShown() {
        assertThat(shown(Path.of("/proc/version"))).isEmpty();
    }

    /// Only one of several threads gets the lowest address; the others' lines are far down in the text.
    @Test
    void manyThreadsGetTheirOwnFilesAndLeaveNoMapping() throws Exception {
        List<Path> files = new ArrayList<>();
        List<MapsInode> expected = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            files.add(Files.writeString(folder.resolve("file" + i), "contents"));
            expected.add(inOwnMaps(files.get(i)));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Optional<MapsInode>>> answers = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                Path file = files.get(i % 8);
                Callable<Optional<MapsInode>> ask = () -> shown(file);
                answers.add(threads.submit(ask));
            }
            for (int i = 0; i < 1_000; i++) {
                assertThat(answers.get(i).get()).contains(expected.get(i % 8));
            }
        }
        assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain(folder.toString());
    }

    private static Optional<MapsInode> shown(Path file) {
        try (FileCalls calls = new FileCalls()) {
            int pinned = calls.pin(file.toString().getBytes(UTF_8));
            int descriptor = StorageFile.open(calls, pinned);
            calls.release(pinned);
            if (descriptor < 0) {
                return Optional.empty();
            }
            Optional<MapsInode> shown = MapsInode.of(calls, descriptor);
            calls.release(descriptor);
            return shown;
        }
    }

    private static MapsInode inOwnMaps(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file)) {
            long address = channel.map(MapMode.READ_ONLY, 0, 1, arena).address();
            VmaIndex vmas = MapsParser.parse(Files.readAllBytes(Path.of("/proc/self/maps")))
                    .vmas();
            int at = vmas.find(address);
            return new MapsInode(vmas.device(at), vmas.inode(at));
        }
    }
}
