package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.elf.LoadSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/// Returns random addresses of a file's executable segments, drawn with a fixed seed, each byte with
/// equal probability.
final class Sample {
    private Sample() {}

    /// The addresses in the order in which they were drawn.
    static long[] of(Path path, int count, long seed) throws IOException, MalformedBinaryException {
        try (ElfFile file = ElfFile.open(path, ParseLimits.DEFAULT)) {
            return of(file, count, seed);
        }
    }

    static long[] of(ElfFile file, int count, long seed) {
        List<LoadSegment> code =
                file.loadSegments().stream().filter(LoadSegment::executable).toList();
        long[] sizes = code.stream().mapToLong(LoadSegment::fileSize).toArray();
        Random random = new Random(seed);
        long[] sample = new long[count];
        for (int i = 0; i < count; i++) {
            long at = random.nextLong(
                    code.stream().mapToLong(LoadSegment::fileSize).sum());
            int segment = 0;
            while (at >= sizes[segment]) {
                at -= sizes[segment++];
            }
            sample[i] = code.get(segment).address().value() + at;
        }
        return sample;
    }
}
