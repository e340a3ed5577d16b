package dev.stackmapd.elfcore.gsym;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.dwarf.FixtureFinder;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.index.FixtureIndexes;
import dev.stackmapd.elfcore.index.FrameCursor;
import dev.stackmapd.elfcore.index.SymbolIndex;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A file written from an index gives the answers of the index, at every byte of every binary in
/// `binaries/dwarf/`. The reader used here is compared with llvm-gsymutil; with `compare-gsym.sh`
/// llvm-gsymutil reads the written files.
class GsymWriterTest {
    @TempDir
    private Path folder;

    static List<Path> binaries() throws Exception {
        return FixtureFinder.binaries().toList();
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void answersAsTheIndex(Path binary) throws Exception {
        try (SymbolIndex index = FixtureIndexes.of(binary, folder.resolve("index"))) {
            Path target = folder.resolve("gsym");
            assertThat(GsymWriter.write(index, target)).isInstanceOf(GsymWriting.Written.class);
            try (GsymFile file = GsymFile.open(target)) {
                assertThat(file.uuid()).isEqualTo(index.origin().buildId().toBytes());
                FrameCursor cursor = new FrameCursor();
                for (long at = index.base() - 1; at <= index.base() + index.span(); at++) {
                    List<String> frames = switch (file.lookup(new ElfAddress(at))) {
                        case GsymAnswer.Found found ->
                            found.frames().stream().map(GsymFixturesTest::line).toList();
                        case GsymAnswer.Missing missing -> List.of();
                    };
                    assertThat(frames).as("0x%x", at).isEqualTo(expected(index, cursor, at));
                }
            }
        }
    }

    /// The format cannot have code without a named function, nor a call at an unknown place.
    private static List<String> expected(SymbolIndex index, FrameCursor cursor, long at) throws Exception {
        List<String> frames = new ArrayList<>();
        int count = index.find(at, cursor);
        if (count == 0 || cursor.function(count - 1) == SymbolIndex.NO_FUNCTION) {
            return frames;
        }
        String place = index.path(cursor.file(0)) + '\t' + cursor.line(0);
        for (int i = 0; i < count; i++) {
            boolean outermost = i == count - 1;
            if (outermost || cursor.file(i + 1) != 0) {
                frames.add(index.function(cursor.function(i)).rawName() + '\t' + place);
                place = outermost ? "" : index.path(cursor.file(i + 1)) + '\t' + cursor.line(i + 1);
            }
        }
        return frames;
    }
}
