package dev.stackmapd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.fixtures.Fixtures;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The command `explain`. Build-ids and numbers of units were printed by readelf.
class ExplainTest {
    private static final String STRIPPED_ID = "bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2";

    @TempDir
    private Path folder;

    private record Ended(int code, String out, String error) {}

    private Ended explain(Path binary) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] arguments = {
            "explain", "--debug-file-directory", folder.resolve("debug").toString(), binary.toString()
        };
        int code = Commands.run(arguments, InputStream.nullInputStream(), new PrintWriter(out), new PrintWriter(err));
        return new Ended(code, out.toString(), err.toString());
    }

    private Path copy(String fixture, String name) throws Exception {
        Path target = folder.resolve(name);
        Files.createDirectories(target.getParent());
        return Files.copy(Fixtures.path("binaries/" + fixture), target);
    }

    @Test
    void aCompleteBinaryNeedsNothing() throws Exception {
        assertThat(explain(copy("demo", "demo"))).isEqualTo(new Ended(0, """
                build-id           ce34c758044aae4d0e71125f34c5d06410e5fe37
                debug information  in the file itself, 1 units
                symbols            symtab 15 functions, plt 8 functions
                """, ""));
    }

    @Test
    void ofAStrippedOneItSaysWhereTheDebugFileWasLookedFor() throws Exception {
        Path stripped = copy("split/stripped", "app");
        Path byId = folder.resolve("debug/.build-id/bf/" + STRIPPED_ID.substring(2) + ".debug");
        Ended without = explain(stripped);
        assertThat(without.code()).isEqualTo(1);
        assertThat(without.out())
                .contains("build-id           " + STRIPPED_ID + "\n")
                .contains("debug information  none\n")
                .contains("looked for         " + byId + " (is not there)\n")
                .contains("looked for         " + folder.resolve("stripped.debug") + " (is not there)\n");

        copy("split/stripped.debug", folder.relativize(byId).toString());
        assertThat(explain(stripped).out()).contains("debug information  in " + byId + ", ");
        assertThat(explain(stripped).code()).isZero();

        Files.delete(byId);
        Path byLink = copy("split/stripped.debug", "stripped.debug");
        assertThat(explain(stripped).out()).contains("debug information  in " + byLink + ", ");
    }

    @Test
    void aMissingSplitUnitIsNamed() throws Exception {
        Path binary = copy("dwarf/split-gcc5/split-gcc5", "split-gcc5");
        copy("dwarf/split-gcc5/main.dwo", "main.dwo");
        copy("dwarf/split-gcc5/total.dwo", "total.dwo");
        Ended ended = explain(binary);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out())
                .contains("missing            dwo shapes.dwo (not found)\n")
                .contains("looked for         " + folder.resolve("shapes.dwo") + " (is not there)\n")
                .doesNotContain("missing            dwo main.dwo");
    }

    @Test
    void aDamagedDebugFileIsNamed() throws Exception {
        Path stripped = copy("split/stripped", "app");
        Path byId = copy("split/stripped.debug", "debug/.build-id/bf/" + STRIPPED_ID.substring(2) + ".debug");
        Files.write(byId, Arrays.copyOf(Files.readAllBytes(byId), 20));
        Ended ended = explain(stripped);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out()).contains("damaged            " + byId + ": ");
    }

    @Test
    void badInputIsOneSentenceAndACode() throws Exception {
        assertThat(explain(folder.resolve("nothing")))
                .isEqualTo(new Ended(66, "", "explain: there is no file " + folder.resolve("nothing") + ".\n"));
        Path text = Files.writeString(folder.resolve("text"), "no ELF file");
        assertThat(explain(text).code()).isEqualTo(65);
    }
}
