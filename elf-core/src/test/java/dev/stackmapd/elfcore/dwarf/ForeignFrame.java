package dev.stackmapd.elfcore.dwarf;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One frame as another tool prints it.
///
/// @param name mangled; empty where the tool has none
/// @param file empty where the tool has none
record ForeignFrame(String name, String file, int line, int column) {
    private static final String UNKNOWN = "??";

    /// Runs llvm-symbolizer for many addresses of one file; innermost frames first.
    static Map<Long, List<ForeignFrame>> llvm(String tool, Path file, long[] addresses) throws IOException {
        return run(List.of(tool, "--obj=" + file, "--no-demangle", "--no-debuginfod", "--addresses"), addresses);
    }

    /// Runs eu-addr2line for many addresses of one file; innermost frames first.
    static Map<Long, List<ForeignFrame>> elfutils(Path file, long[] addresses) throws IOException {
        return run(
                List.of("eu-addr2line", "--addresses", "--functions", "--inlines", "-e", file.toString()), addresses);
    }

    /// Returns true if the peer has only a symbol: it prints its name, and the file of the symbol table,
    /// without a line.
    boolean isOnlySymbol() {
        return file.isEmpty() || line == 0;
    }

    /// Returns true if this is the form of a path by elfutils 0.188, which joins a relative directory of
    /// DWARF 5 twice.
    boolean isDoubled(String path) {
        for (int at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
            if (file.equals(path.substring(0, at + 1) + path)) {
                return true;
            }
        }
        return path.startsWith("./") && isDoubled(path.substring(2));
    }

    private static Map<Long, List<ForeignFrame>> run(List<String> command, long[] addresses) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Thread feeder = Thread.ofVirtual().start(() -> feed(process, addresses));
        Map<Long, List<ForeignFrame>> frames = new LinkedHashMap<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            List<ForeignFrame> current = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("0x")) {
                    current = new ArrayList<>();
                    frames.put(Long.parseUnsignedLong(line.substring(2), 16), current);
                } else if (!line.isEmpty()) {
                    addFrame(current, line, lines.readLine());
                }
            }
        }
        join(feeder);
        return frames;
    }

    private static void join(Thread feeder) {
        try {
            feeder.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void feed(Process process, long[] addresses) {
        try (BufferedWriter out = process.outputWriter(StandardCharsets.US_ASCII)) {
            for (long address : addresses) {
                out.write("0x" + Long.toHexString(address) + '\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Parses `name` and `file:line:column`; elfutils adds `inlined at …` to the name and
    /// `(discriminator n)` to the place.
    private static void addFrame(List<ForeignFrame> into, String name, String place) {
        String plain = name.replaceFirst(" inlined at .*", "");
        String known = plain.equals(UNKNOWN) ? "" : plain;
        String[] parts = place.replaceFirst(" \\(discriminator \\d+\\)$", "").split(":(?=[0-9?]+(:|$))", 3);
        String file = parts[0].startsWith(UNKNOWN) ? "" : parts[0];
        int line = parts.length > 1 ? number(parts[1]) : 0;
        int column = parts.length > 2 ? number(parts[2]) : 0;
        if (!known.isEmpty() || !file.isEmpty()) {
            into.add(new ForeignFrame(known, file, line, column));
        }
    }

    private static int number(String text) {
        return text.startsWith("?") ? 0 : Integer.parseInt(text);
    }
}
