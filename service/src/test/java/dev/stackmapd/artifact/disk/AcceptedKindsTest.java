package dev.stackmapd.artifact.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.fixtures.RawSection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptedKindsTest {
    @TempDir
    private Path directory;

    private ReceiveResult offer(BuildId buildId, ArtifactKind kind, byte[] bytes) throws Exception {
        StoreFolder folder = new StoreFolder(directory.resolve("store"));
        try (ArtifactStore store = folder.open()) {
            Sample sample = new Sample(buildId, kind, HexFormat.of().formatHex(bytes));
            ReceiveResult result = StoreFolder.put(store, sample, StoreFolder.UPLOAD);
            folder.isInOrder(store);
            return result;
        }
    }

    @Test
    void aSupplementaryFileOfDwz() throws Exception {
        byte[] bytes = Files.readAllBytes(Fixtures.path("binaries/dwarf/dwz-common.debug"));
        // As readelf -n prints it.
        BuildId id = BuildId.parse("6d59e09069c119f17da5ec4b3c1508f555fc29d8").orElseThrow();
        assertThat(offer(id, ArtifactKind.SUPPLEMENTARY, bytes)).isInstanceOf(ReceiveResult.Stored.class);
    }

    @Test
    void aPackageWithoutABuildIdOfItsOwn() throws Exception {
        byte[] bytes = ElfBuilder.elf64()
                .section(RawSection.section(".debug_cu_index", RawSection.SHT_PROGBITS, new byte[16]))
                .build();
        BuildId id = Sample.executable().buildId();
        assertThat(offer(id, ArtifactKind.PACKAGE, bytes)).isInstanceOf(ReceiveResult.Stored.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"i386", "powerpc", "s390x", "aarch64", "libno-sections.so", "build-id-4", "build-id-32"})
    void executablesOfEveryForm(String fixture) throws Exception {
        Sample sample = Sample.of(fixture, fixture, ArtifactKind.EXECUTABLE);
        assertThat(offer(sample.buildId(), sample.kind(), sample.bytes())).isInstanceOf(ReceiveResult.Stored.class);
    }
}
