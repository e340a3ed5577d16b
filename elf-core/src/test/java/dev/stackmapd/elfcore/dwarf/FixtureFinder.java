package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The binaries of `binaries/dwarf/` and the files that belong to them, for tests of other packages.
public final class FixtureFinder {
    private FixtureFinder() {}

    /// Returns a finder that looks in the folder of a binary, also for packages.
    public static DebugFileFinder beside(Path binary) {
        return new LocalDebugFiles(binary, List.of(), List.of(), ParseLimits.DEFAULT);
    }

    /// Returns the answers of llvm-symbolizer for a binary: `file:line:column` of each frame, innermost
    /// first, by address.
    public static Map<Long, List<String>> expectedPlaces(Path binary) throws IOException {
        Map<Long, List<String>> places = new LinkedHashMap<>();
        new ExpectedFrames(binary.getFileName().toString())
                .frames()
                .forEach((address, frames) -> places.put(
                        address,
                        frames.stream()
                                .map(ExpectedFrames.ExpectedFrame::frame)
                                .map(frame -> "%s:%d:%d".formatted(frame.file(), frame.line(), frame.column()))
                                .toList()));
        return places;
    }

    /// Returns all binaries that have expected frames.
    public static Stream<Path> binaries() throws IOException {
        return ExpectedFrames.all().map(ExpectedFrames::binary);
    }
}
