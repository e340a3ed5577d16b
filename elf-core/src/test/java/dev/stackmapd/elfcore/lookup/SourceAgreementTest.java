package dev.stackmapd.elfcore.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.FixtureFinder;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.LoadSegment;
import dev.stackmapd.elfcore.index.IndexBuilder;
import dev.stackmapd.elfcore.index.IndexBuilding;
import dev.stackmapd.elfcore.index.IndexOpening;
import dev.stackmapd.elfcore.index.IndexOrigin;
import dev.stackmapd.elfcore.index.IndexSettings;
import dev.stackmapd.elfcore.index.SymbolIndex;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The files of a binary and an index of them answer with the same frames, for addresses one by one and
/// together. Other tests compare single look-ups with foreign tools.
class SourceAgreementTest {
    private static final long SEED = 20_261_127;
    private static final int MAX_ADDRESSES = 100_000;

    @TempDir
    private Path folder;

    static Stream<Path> binaries() throws IOException {
        Stream<String> others = Stream.of("demo", "cxx-O2", "cxx-clang", "sizes", "layouts/pie", "layouts/bolt.bolted");
        return Stream.concat(FixtureFinder.binaries(), others.map(name -> Fixtures.path("binaries/" + name)));
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void filesAndIndexAnswerTheSame(Path binary) throws Exception {
        BinaryFiles files = open(binary);
        try (BinarySymbols fromFiles = files.symbols();
                BinarySymbols fromIndex = index(files)) {
            long[] addresses = addresses(files);
            SourceFrames[] ofFiles = batch(fromFiles, addresses);
            SourceFrames[] ofIndex = batch(fromIndex, addresses);
            for (int i = 0; i < addresses.length; i++) {
                String at = "0x%x".formatted(addresses[i]);
                assertThat(ofIndex[i].frames()).as(at).isEqualTo(ofFiles[i].frames());
                ElfAddress address = new ElfAddress(addresses[i]);
                assertThat(fromIndex.find(address)).as(at).isEqualTo(ofIndex[i]);
                if (i % 100 == 0) {
                    assertThat(fromFiles.find(address)).as(at).isEqualTo(ofFiles[i]);
                }
            }
        }
    }

    private static BinaryFiles open(Path binary) throws Exception {
        BinaryFiles files = new BinaryFiles();
        ElfFile file = ElfFile.open(binary, ParseLimits.DEFAULT);
        files.add(file);
        files.useCode(file);
        files.useDebugInformation(file, FixtureFinder.beside(binary));
        return files;
    }

    private BinarySymbols index(BinaryFiles files) throws Exception {
        Path target = folder.resolve("index");
        IndexBuilder builder =
                new IndexBuilder(new IndexOrigin(BuildId.of(new byte[] {1, 2, 3, 4}), "test 1"), IndexSettings.DEFAULT);
        files.addTo(builder);
        assertThat(builder.write(target)).isInstanceOf(IndexBuilding.Built.class);
        SymbolIndex index = ((IndexOpening.Ready) SymbolIndex.open(target)).index();
        return new IndexBackedSymbols(index, () -> {});
    }

    /// Returns random addresses of the code, about as many as it has bytes, some twice.
    private static long[] addresses(BinaryFiles files) {
        List<LoadSegment> code =
                files.segments().stream().filter(LoadSegment::executable).toList();
        return code.stream()
                .flatMapToLong(s -> new Random(SEED)
                        .longs(
                                Math.min(s.fileSize(), MAX_ADDRESSES),
                                s.address().value() - 2,
                                s.address().value() + s.fileSize() + 2))
                .toArray();
    }

    private static SourceFrames[] batch(BinarySymbols symbols, long[] addresses) throws Exception {
        SourceFrames[] answers = new SourceFrames[addresses.length];
        for (AddressBatch part : AddressBatch.of(addresses).parts(1_000)) {
            symbols.find(part, (position, frames) -> {
                assertThat(answers[position]).isNull();
                answers[position] = frames;
            });
        }
        assertThat(answers).doesNotContainNull();
        return answers;
    }
}
