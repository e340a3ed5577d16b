package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.stackmapd.RetainedHeap;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.fixtures.RawSegment;
import dev.stackmapd.process.VmaIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Remembered build-ids of files that are full take what they may take.
@EnabledOnOs(OS.LINUX)
class BuildIdCacheBytesTest {
    /// Each name of a file is remembered for itself.
    private static final int NAMES = 9_000;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"1500000, 1", "4000000, 1", "4000000, 4"})
    void ofFullBuildIds(int maxBytes, int segments) throws IOException {
        ElfBuilder elf = ElfBuilder.elf64().type(ElfBuilder.ET_EXEC).noteSegment(0x200, RawNote.buildIdOf(20));
        for (int i = 1; i <= segments; i++) {
            elf.segment(RawSegment.load(0x1000L * i, 16, 0x401000L * i)).bytes(0x1000 * i, new byte[16]);
        }
        Path file = Files.write(folder.resolve("0.so"), elf.build());
        MapsText text = new MapsText();
        for (int i = 0; i < NAMES; i++) {
            String name = "a-library-with-a-name-%05d.so".formatted(i);
            Files.createLink(folder.resolve(name), file);
            text.file(file, ("/" + name).getBytes(UTF_8));
        }
        VmaIndex vmas = text.parse();
        long measured = RetainedHeap.of(() -> {
            BuildIdCache cache = new BuildIdCache(
                    maxBytes,
                    Duration.ofHours(1),
                    Ticker.systemTicker(),
                    () -> Instant.now().plusSeconds(3600));
            try (HostFiles files = Resolving.host(Resolving.roots(folder), cache)) {
                for (int i = 0; i < NAMES; i++) {
                    // A batch for each file, because a batch may look for fewer.
                    ProcessFiles own = files.batch().of(0, ProcessFiles.MappingsOrigin.SENT);
                    assertThat(own.buildIdOf(vmas.get(i), BuildIdProfile.LENIENT))
                            .isInstanceOf(Resolution.Found.class);
                }
            }
            return cache;
        });
        RetainedHeap.agrees(maxBytes, measured);
    }
}
