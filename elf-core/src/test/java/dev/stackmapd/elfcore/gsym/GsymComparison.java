package dev.stackmapd.elfcore.gsym;

import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.index.FixtureIndexes;
import dev.stackmapd.elfcore.index.SymbolIndex;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Compares our reader with llvm-gsymutil on its file and on ours; `compare-gsym.sh` runs it.
final class GsymComparison {
    private static final String TOOL = "llvm-gsymutil-19";
    private static final Pattern ANSWER = Pattern.compile("0x([0-9a-f]+): (.*)");
    private static final Pattern FRAME = Pattern.compile("(.*?)(?: ?\\+ \\d+)?(?: @ (.*):(\\d+))?(?: \\[inlined])?");
    private static final int EXAMPLES = 5;

    private GsymComparison() {}

    public static void main(String[] arguments) throws Exception {
        Path theirs = Path.of(arguments[1]);
        Path folder = Files.createTempDirectory("gsym");
        Path ours = folder.resolve("ours.gsym");
        Path indexed = folder.resolve("index");
        try (SymbolIndex index = FixtureIndexes.of(Path.of(arguments[0]), indexed)) {
            System.out.println(GsymWriter.write(index, ours));
            Random random = new Random(Long.parseLong(arguments[3]));
            long[] addresses = random.longs(Integer.parseInt(arguments[2]), index.base(), index.base() + index.span())
                    .toArray();
            System.out.printf("%s: %d different on its file%n", arguments[0], compare(theirs, addresses));
            System.out.printf("%s: %d different on ours%n", arguments[0], compare(ours, addresses));
        } finally {
            Files.deleteIfExists(ours);
            Files.deleteIfExists(indexed);
            Files.delete(folder);
        }
    }

    private static int compare(Path path, long[] addresses) throws Exception {
        Map<Long, List<String>> theirs = ask(path, addresses);
        int different = 0;
        try (GsymFile file = GsymFile.open(path)) {
            for (long address : addresses) {
                List<String> ours = switch (file.lookup(new ElfAddress(address))) {
                    case GsymAnswer.Found found ->
                        found.frames().stream().map(GsymFixturesTest::line).toList();
                    case GsymAnswer.Missing missing -> List.of();
                };
                if (!ours.equals(theirs.get(address)) && ++different <= EXAMPLES) {
                    System.out.printf("0x%x%n  ours   %s%n  theirs %s%n", address, ours, theirs.get(address));
                }
            }
        }
        return different;
    }

    private static Map<Long, List<String>> ask(Path path, long[] addresses) throws IOException {
        Process process = new ProcessBuilder(TOOL, "--addresses-from-stdin")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Thread feeder = Thread.ofVirtual().start(() -> feed(process, path, addresses));
        Map<Long, List<String>> answers = new HashMap<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            List<String> current = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher answer = ANSWER.matcher(line);
                if (answer.matches()) {
                    current = new ArrayList<>();
                    answers.put(Long.parseUnsignedLong(answer.group(1), 16), current);
                    line = answer.group(2);
                }
                Matcher frame = FRAME.matcher(line.strip());
                if (frame.matches() && !line.isBlank() && !line.startsWith("error:")) {
                    String file = frame.group(2) == null ? "" : frame.group(2);
                    String number = frame.group(3) == null ? "0" : frame.group(3);
                    current.add(frame.group(1) + '\t' + file + '\t' + number);
                }
            }
        }
        feeder.interrupt();
        return answers;
    }

    private static void feed(Process process, Path path, long[] addresses) {
        try (BufferedWriter out = process.outputWriter(StandardCharsets.US_ASCII)) {
            for (long address : addresses) {
                out.write("0x%x %s%n".formatted(address, path));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
