package dev.stackmapd.elfcore.demangle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;

/// Real names with the answers of other demanglers. `src/test/demangle/corpus.sh` made them.
final class Corpus {

    static final List<String> CPP = List.of("libstdcxx", "libLLVM", "libjvm", "ceph-osd", "language");
    static final List<String> ALL =
            List.of("libstdcxx", "libLLVM", "libjvm", "ceph-osd", "language", "rust-v0", "rust-legacy", "d", "d-llvm");

    /// @param full the whole name
    /// @param bare without the function's own parameters, or empty where the tool has no such answer
    record Entry(String mangled, String full, String bare) {}

    private Corpus() {}

    static List<Entry> of(String name) {
        try (InputStream in = requireNonNull(Corpus.class.getResourceAsStream("/demangle/" + name + ".tsv"))) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .map(Corpus::entry)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Entry> all() {
        return ALL.stream().flatMap(name -> of(name).stream());
    }

    private static Entry entry(String line) {
        String[] columns = line.split("\t", -1);
        return new Entry(columns[0], columns[1], columns.length > 2 ? columns[2] : "");
    }
}
