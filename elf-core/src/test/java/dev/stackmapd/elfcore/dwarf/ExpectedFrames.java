package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The answers of llvm-symbolizer for a binary in `binaries/dwarf/`; `expect-dwarf.py` describes the
/// format.
record ExpectedFrames(String name) {

    static Stream<ExpectedFrames> all() throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.path("expected/dwarf"))) {
            return files
                    .map(file ->
                            new ExpectedFrames(file.getFileName().toString().replace(".frames", "")))
                    .sorted((a, b) -> a.name.compareTo(b.name))
                    .toList()
                    .stream();
        }
    }

    Path binary() {
        Path path = Fixtures.path("binaries/dwarf/" + name);
        return Files.isDirectory(path) ? path.resolve(name) : path;
    }

    /// Returns the frames by address, innermost first; none where nothing is known.
    Map<Long, List<ExpectedFrame>> frames() throws IOException {
        Map<Long, List<ExpectedFrame>> frames = new LinkedHashMap<>();
        List<ExpectedFrame> current = new ArrayList<>();
        for (String line : Files.readAllLines(Fixtures.path("expected/dwarf/" + name + ".frames"))) {
            if (line.startsWith("0x")) {
                current = new ArrayList<>();
                frames.put(Long.decode(line), current);
            } else {
                String[] fields = line.split("\t", -1);
                ForeignFrame frame = new ForeignFrame(
                        fields[0],
                        isGuess(fields) ? "" : fields[1],
                        Integer.parseInt(fields[2]),
                        Integer.parseInt(fields[3]));
                current.add(new ExpectedFrame(frame, Integer.parseInt(fields[4])));
            }
        }
        return frames;
    }

    /// Where debug information has no file for a frame, llvm-symbolizer prints the name in the symbol
    /// table's `STT_FILE` entry.
    private static boolean isGuess(String[] fields) {
        return !fields[1].contains("/") && fields[2].equals("0");
    }

    record ExpectedFrame(ForeignFrame frame, int discriminator) {}

    @Override
    public String toString() {
        return name;
    }
}
