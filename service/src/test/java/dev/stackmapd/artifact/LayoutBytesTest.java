package dev.stackmapd.artifact;

import dev.stackmapd.RetainedHeap;
import dev.stackmapd.artifact.LayoutCache.LayoutSource;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.elf.Layout;
import dev.stackmapd.elfcore.elf.LoadSegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Remembered layouts that are full take what they may take.
class LayoutBytesTest {

    @ParameterizedTest
    @CsvSource({"4000000, 1", "16000000, 1", "16000000, 4"})
    void ofFullLayouts(int maxBytes, int segments) {
        long measured = RetainedHeap.of(() -> {
            LayoutCache layouts = new LayoutCache(maxBytes);
            for (int i = 0; i < maxBytes / 100; i++) {
                var _ = layouts.add(
                        BuildId.parse("%040x".formatted(i)).orElseThrow(), layout(i, segments), LayoutSource.FILE);
            }
            return layouts;
        });
        RetainedHeap.agrees(maxBytes, measured);
    }

    private static Layout.Linked layout(int number, int segments) {
        List<LoadSegment> all = new ArrayList<>();
        for (int i = 0; i < segments; i++) {
            long at = ((long) number << 20) + ((long) i << 12);
            all.add(segment(at));
        }
        return new Layout.Linked(all, new Layout.Span(number, 100), Layout.Offsets.OWN);
    }

    private static LoadSegment segment(long at) {
        return new LoadSegment(new FileOffset(at), 4096, new ElfAddress(at), 4096, true);
    }
}
