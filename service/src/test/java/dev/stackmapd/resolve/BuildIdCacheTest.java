package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.process.Vma;
import dev.stackmapd.stack.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What is remembered of files (XLT-30), and for how long.
@EnabledOnOs(OS.LINUX)
class BuildIdCacheTest {
    private static final InstantSource IN_AN_HOUR = () -> Instant.now().plusSeconds(3600);

    @TempDir
    private Path folder;

    private final AtomicLong nanos = new AtomicLong();
    private final BuildIdCache cache = new BuildIdCache(1 << 20, Duration.ofSeconds(10), nanos::get, IN_AN_HOUR);
    private Path file;
    private Vma vma;

    @BeforeEach
    void anElfFile() throws IOException {
        file = Files.write(folder.resolve("a.so"), elf(20));
        vma = new MapsText().file(file, "/a.so".getBytes(UTF_8)).parse().get(0);
    }

    @Test
    void aFileIsReadOnce() {
        assertThat(lookUp(cache)).isEqualTo(found(20));
        assertThat(lookUp(cache)).isEqualTo(found(20));

        assertThat(cache.stats().missCount()).isEqualTo(1);
        assertThat(cache.stats().hitCount()).isEqualTo(1);
    }

    @Test
    void eachProfileHasItsOwnAnswer() throws IOException {
        Files.write(file, elf(32));

        assertThat(lookUp(cache)).isEqualTo(found(32));
        assertThat(lookUp(cache, BuildIdProfile.KERNEL)).isInstanceOf(Resolution.Missing.class);
        assertThat(lookUp(cache)).isEqualTo(found(32));
    }

    @Test
    void aFileThatChangedIsReadAgain() throws IOException {
        assertThat(lookUp(cache)).isEqualTo(found(20));
        Files.write(file, elf(16)); // another size, so the test needs no other clock tick

        assertThat(lookUp(cache)).isEqualTo(found(16));
    }

    @Test
    void aFileThatHasJustChangedIsNotRemembered() throws IOException {
        Instant changed = ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant();
        BuildIdCache early = new BuildIdCache(1 << 20, Duration.ofSeconds(10), nanos::get, () -> changed);

        assertThat(lookUp(early)).isEqualTo(found(20));
        assertThat(lookUp(early)).isEqualTo(found(20));

        assertThat(early.stats().hitCount())
                .as("its times could not show a second change")
                .isZero();
    }

    @Test
    void thatThereIsNoIdIsForgottenSoon() throws IOException {
        Files.write(file, ElfBuilder.elf64().build());
        assertThat(reason(lookUp(cache))).isEqualTo(Frame.Reason.NO_NOTE);
        nanos.addAndGet(Duration.ofSeconds(9).toNanos());
        assertThat(reason(lookUp(cache))).isEqualTo(Frame.Reason.NO_NOTE);
        assertThat(cache.stats().missCount()).isEqualTo(1);

        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(reason(lookUp(cache))).isEqualTo(Frame.Reason.NO_NOTE);
        assertThat(cache.stats().missCount()).isEqualTo(2);
    }

    @Test
    void anIdIsKeptAsLongAsThereIsRoom() {
        assertThat(lookUp(cache)).isEqualTo(found(20));
        nanos.addAndGet(Duration.ofDays(365).toNanos());

        assertThat(lookUp(cache)).isEqualTo(found(20));
        assertThat(cache.stats().hitCount()).isEqualTo(1);
    }

    @Test
    void whatCouldNotBeReadIsNotRemembered() throws IOException {
        Path version = Path.of("/proc/version");
        Vma madeUp =
                new MapsText().file(version, "/version".getBytes(UTF_8)).parse().get(0);
        ProcessFiles files = Resolving.files(Resolving.roots(Path.of("/proc")), cache, 0);

        for (int i = 0; i < 2; i++) {
            assertThat(reason(files.buildIdOf(madeUp, BuildIdProfile.LENIENT))).isEqualTo(Frame.Reason.UNREADABLE);
        }
        assertThat(cache.stats().hitCount()).isZero();
    }

    @Test
    void manyThreadsGetTheSameAnswerAndLeaveNothingOpen() throws Exception {
        HostFiles files = Resolving.host(Resolving.roots(folder), cache);
        long before = descriptors();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Resolution>> answers = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                answers.add(threads.submit(() ->
                        files.batch().of(0, ProcessFiles.MappingsOrigin.SENT).buildIdOf(vma, BuildIdProfile.LENIENT)));
            }
            for (Future<Resolution> answer : answers) {
                assertThat(get(answer)).isEqualTo(found(20));
            }
        }
        files.close();

        assertThat(descriptors()).as("others may open some meanwhile").isLessThan(before + 100);
        assertThat(cache.stats().hitCount()).isGreaterThan(1900);
    }

    private static Resolution get(Future<Resolution> answer) throws InterruptedException, ExecutionException {
        return answer.get();
    }

    private static long descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    private Resolution lookUp(BuildIdCache with) {
        return lookUp(with, BuildIdProfile.LENIENT);
    }

    private Resolution lookUp(BuildIdCache with, BuildIdProfile profile) {
        return Resolving.files(Resolving.roots(folder), with, 0).buildIdOf(vma, profile);
    }

    private static Frame.Reason reason(Resolution resolution) {
        return switch (resolution) {
            case Resolution.Missing missing -> missing.reason();
            case Resolution.Found found -> throw new AssertionError(found);
        };
    }

    private static Resolution found(int idBytes) {
        return new Resolution.Found(BuildId.of(RawNote.countingBytes(idBytes)));
    }

    private static byte[] elf(int idBytes) {
        return ElfBuilder.elf64().noteSegment(0x200, RawNote.buildIdOf(idBytes)).build();
    }
}
