package dev.stackmapd.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.FileBytes;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.elf.Htlhash;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.symbolize.SymbolizationResult.Cause;
import dev.stackmapd.symbolize.SymbolizationResult.Known;
import dev.stackmapd.symbolize.SymbolizationResult.NoBinary;
import dev.stackmapd.symbolize.SymbolizationResult.NoSymbol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Symbolizes frames that name their file by its htlhash.
class HtlhashSymbolizationTest extends SymbolizerFixture {
    /// `no-build-id` is held under its htlhash, the others under their build-id. Python's hashlib printed the hashes.
    @ParameterizedTest
    @ValueSource(strings = {"no-build-id", "sizes", "cxx-O2", "segments", "split.stripped"})
    void framesByHtlhashHaveTheNamesOfTheFile(String fixture) throws Exception {
        copy(fixture.replace("split.", "split/"));
        if (fixture.equals("split.stripped")) {
            copy("split/stripped.debug");
        }
        Symbolizer symbolizer = symbolizer();
        for (String line : Files.readAllLines(Fixtures.path("expected/" + fixture + ".symbols"))) {
            String[] words = line.split(" ", -1);
            Frame.InFile frame = new Frame.InFile(hash(fixture), new FileOffset(Long.decode(words[0])));
            SymbolizationResult answer = symbolizer.symbolize(frame.buildId(), frame.offset());
            assertThat(answer).as(line).isInstanceOfAny(Known.class, NoSymbol.class);
            String name = answer instanceof Known known ? listed(known.frames().getLast()) : "??";
            assertThat(name).as(line).isEqualTo(words[2]);
        }
        assertThat(symbolizer.state(hash(fixture))).isInstanceOf(BinaryState.Open.class);
    }

    @Test
    void anotherIdOfTheSameBytesNamesNothing() throws Exception {
        copy("no-build-id");
        BuildId gnu = BuildId.of(hash("no-build-id").toBytes());
        assertThat(symbolizer().symbolize(gnu, new FileOffset(0x1000))).isEqualTo(new NoBinary(gnu, Cause.NOT_HELD));
        BuildId unknown = hash("sizes");
        assertThat(symbolizer().symbolize(unknown, new FileOffset(0x1000)))
                .isEqualTo(new NoBinary(unknown, Cause.NOT_HELD));
    }

    /// The file may be another one by the time at which it is opened.
    @Test
    void aFileIsUsedOnlyIfItStillHasTheHtlhash() throws Exception {
        copy("no-build-id");
        Symbolizer symbolizer = symbolizer();
        Files.write(folder.resolve("no-build-id"), new byte[] {0}, StandardOpenOption.APPEND);
        assertThat(symbolizer.symbolize(hash("no-build-id"), new FileOffset(0x1000)))
                .isInstanceOf(NoBinary.class);
    }

    /// patchelf moved the code of the second file by 4,096 bytes and kept the build-id, under which the first one
    /// counts. llvm-symbolizer said the names of the first one's offsets.
    @Test
    void aFileThatContradictsAnotherOneIsNamedByItsOwnHtlhash() throws Exception {
        copy("layouts/fixed");
        copy("layouts/fixed.rpath");
        Symbolizer symbolizer = symbolizer();
        BuildId first = hashOf(folder.resolve("fixed"));
        BuildId second = hashOf(folder.resolve("fixed.rpath"));
        for (String line : Files.readAllLines(Fixtures.path("expected/layouts/fixed.names"))) {
            String[] words = line.split(" ", -1);
            long offset = Long.decode(words[0]);
            assertThat(function(symbolizer.symbolize(first, new FileOffset(offset))))
                    .isEqualTo(words[1]);
            assertThat(function(symbolizer.symbolize(second, new FileOffset(0x1000 + offset))))
                    .isEqualTo(words[1]);
        }
    }

    @Test
    void aQuestionForManyPlacesByHtlhashWaitsForTheIndex() throws Exception {
        copy("sizes");
        Symbolizer symbolizer = symbolizer();
        IndexDemand asked = new IndexDemand();
        for (int i = 0; i < IndexDemand.MANY; i++) {
            asked.add(new Frame.InFile(hash("sizes"), new FileOffset(i)));
        }
        symbolizer.indexes(asked).get(1, TimeUnit.MINUTES);

        BinaryState indexed = new BinaryState.Open(BinaryState.NameSource.INDEX, List.of());
        assertThat(symbolizer.state(hash("sizes"))).isEqualTo(indexed);
        assertThat(symbolizer.state(id("sizes"))).as("one index for both ids").isEqualTo(indexed);
        assertThat(builds.built()).isEqualTo(1);
    }

    private static BuildId hash(String fixture) throws IOException {
        return BuildId.parseHtlhash(Files.readString(Fixtures.path("expected/" + fixture + ".htlhash"))
                        .strip())
                .orElseThrow();
    }

    private static BuildId hashOf(Path file) throws IOException {
        try (FileBytes bytes = FileBytes.open(file)) {
            return Htlhash.of(bytes);
        }
    }
}
