package dev.stackmapd.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.Tools;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.symbols.SymbolTable;
import dev.stackmapd.fixtures.Fixtures;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The command `symbolize` against the tools that it imitates, on addresses all over the code of fixtures.
class SymbolizeTest {
    private static final int STEP = 7;
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    private record Ended(int code, String out, String error) {}

    private static Ended symbolize(String input, List<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all =
                Stream.concat(Stream.of("symbolize"), arguments.stream()).toList();
        int code = Commands.run(
                all.toArray(String[]::new),
                new ByteArrayInputStream(input.getBytes(UTF_8)),
                new PrintWriter(out),
                new PrintWriter(err));
        return new Ended(code, out.toString(), err.toString());
    }

    private static Path binary(String name) {
        return Fixtures.path("binaries/" + name);
    }

    /// Every seventh byte of the functions that the symbol table gives a size. Outside of these the tools
    /// take the name of the function before, and stubs have names for us only.
    private static List<String> addresses(Path binary) throws Exception {
        List<String> addresses = new ArrayList<>();
        try (ElfFile file = ElfFile.open(binary, ParseLimits.DEFAULT)) {
            SymbolTable table = SymbolTable.read(file);
            for (int i = 0; i < table.size(); i++) {
                for (long at = 0; at < table.get(i).size(); at += STEP) {
                    addresses.add("0x" + Long.toHexString(table.get(i).start().value() + at));
                }
            }
        }
        assertThat(addresses).isNotEmpty();
        return addresses;
    }

    private static List<String> arguments(String options, Path binary) throws Exception {
        List<String> arguments = new ArrayList<>();
        Stream.of(options.split(" ")).filter(option -> !option.isEmpty()).forEach(arguments::add);
        arguments.addAll(List.of("-e", binary.toString()));
        arguments.addAll(addresses(binary));
        return arguments;
    }

    private static String output(String tool, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(tool));
        command.addAll(arguments);
        return Tools.run(Map.of(), command).out();
    }

    @ParameterizedTest
    @CsvSource({
        "demo, ''",
        "demo, -a",
        "demo, --no-inlines -s",
        "demo, --no-demangle",
        "aarch64, ''",
        "dwarf/gcc-dwarf5-O3, ''",
        "dwarf/gcc-dwarf5-O0, -i -C",
        "dwarf/gcc-cold, ''",
        "dwarf/clang-dwarf5-O3, ''",
        "dwarf/clang-dwarf4, --no-inlines",
        "dwarf/compressed-zstd, ''",
        "dwarf/rust-v0-O3, ''"
    })
    void printsAsLlvmSymbolizer(String name, String options) throws Exception {
        String tool = Tools.path("llvm-symbolizer-19", "llvm-19");
        List<String> arguments = arguments(options, binary(name));
        Ended ended = symbolize("", arguments);
        assertThat(ended.error()).isEmpty();
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).isEqualTo(output(tool, arguments));
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "dwarf/gcc-dwarf5-O3"})
    void printsJsonAsLlvmSymbolizerWithoutWhatItDoesNotKnow(String name) throws Exception {
        String tool = Tools.path("llvm-symbolizer-19", "llvm-19");
        List<String> arguments = arguments("", binary(name));
        JsonNode theirs = JSON.readTree(output(tool, with("--output-style=JSON", arguments)));
        theirs.forEach(answer -> removeUnknown((ArrayNode) answer.get("Symbol")));
        JsonNode ours = JSON.readTree(symbolize("", with("--json", arguments)).out());
        assertThat(ours).isEqualTo(theirs);
    }

    private static void removeUnknown(ArrayNode frames) {
        for (int i = 0; i < frames.size(); i++) {
            ObjectNode frame = (ObjectNode) frames.get(i);
            frame.remove(List.of("Discriminator", "StartFileName", "StartLine"));
            boolean inlined = i < frames.size() - 1;
            if (inlined) {
                frame.put("StartAddress", "");
            }
        }
    }

    private static List<String> with(String option, List<String> arguments) {
        return Stream.concat(Stream.of(option), arguments.stream()).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "demo, ''",
        "demo, -s",
        "dwarf/clang-dwarf4, ''",
        "dwarf/clang-dwarf4, -fi",
        "dwarf/clang-dwarf4, -fC",
        "dwarf/clang-dwarf4, -fisCa",
        "dwarf/gcc-dwarf4, -i",
        "i386, -fa"
    })
    void printsAsAddr2lineWithoutDiscriminators(String name, String options) throws Exception {
        String tool = Tools.path("addr2line", "binutils");
        List<String> arguments = arguments(options, binary(name));
        Ended ended = symbolize("", with("--addr2line", arguments));
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).isEqualTo(output(tool, arguments).replaceAll(" \\(discriminator \\d+\\)", ""));
    }

    /// What the tools print of an address that nothing is known of was tried by hand.
    @Test
    void addressesComeFromStandardInput() {
        String demo = binary("demo").toString();
        assertThat(symbolize("0x12db\n\n  1\n", List.of("-e", demo))).isEqualTo(new Ended(0, """
                        shop::scramble(unsigned long)
                        /src/demo.cc:17:12
                        shop::tax(unsigned long, int)
                        /src/demo.cc:85:23

                        ??
                        ??:0:0

                        """, ""));
        assertThat(symbolize("12db\n", List.of("--addr2line", "-e", demo)).out())
                .isEqualTo("/src/demo.cc:17\n");
        assertThat(symbolize("1\n", List.of("--addr2line", "-f", "-e", demo)).out())
                .isEqualTo("??\n??:0\n");
    }

    @Test
    void badInputIsOneSentenceAndACode() throws Exception {
        String demo = binary("demo").toString();
        Path text = Files.writeString(folder.resolve("text"), "no ELF file");
        fails(64, "symbolize: '12db' is no address: 0x1a2b or 6699 is expected.", "-e", demo, "12db");
        fails(64, "symbolize: Missing required option: '--exe=BINARY'", "0x1");
        fails(64, "symbolize: Unknown option: '--nothing'", "-e", demo, "--nothing");
        fails(65, "symbolize: " + text + " cannot be read as an ELF file: no ELF magic.", "-e", text.toString(), "1");
        fails(66, "symbolize: there is no file nowhere.", "-e", "nowhere", "1");
        fails(66, "symbolize: " + folder + " is not a file.", "-e", folder.toString(), "1");
        Ended late = symbolize("0x12db\nzz\n", List.of("-e", demo));
        assertThat(late.code()).isEqualTo(64);
        assertThat(late.out()).startsWith("shop::scramble(unsigned long)\n");
        assertThat(late.error()).hasLineCount(1);
    }

    private static void fails(int code, String sentence, String... arguments) {
        assertThat(symbolize("", List.of(arguments))).isEqualTo(new Ended(code, "", sentence + "\n"));
    }

    @Test
    void withoutDebugInformationSymbolsAnswerAndASentenceSaysSo() {
        Ended ended = symbolize("", List.of("-e", binary("libdynsym.so").toString(), "0x1"));
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).isEqualTo("??\n??:0:0\n\n");
        assertThat(ended.error())
                .startsWith("symbolize: no debug information of ")
                .hasLineCount(1);
    }

    @Test
    void onlyTheNamesOfCommandsAreCommands() {
        assertThat(Commands.isCommand(new String[] {"symbolize"})).isTrue();
        assertThat(Commands.isCommand(new String[] {"explain", "x"})).isTrue();
        assertThat(Commands.isCommand(new String[] {})).isFalse();
        assertThat(Commands.isCommand(new String[] {"--server.port=1", "symbolize"}))
                .isFalse();
    }
}
