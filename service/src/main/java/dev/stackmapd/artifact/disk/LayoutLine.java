package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.elf.Layout;
import dev.stackmapd.elfcore.elf.LoadSegment;
import java.util.ArrayList;
import java.util.List;

/// The form of a layout in an [ArtifactRecord]: numbers in hex, parts separated by spaces.
///
/// ```text
/// linked OWN|OF_EXECUTABLE|LOST <address of .text> <its size> <segment>…
///     segment: <offset>:<size in the file>:<address>:<size in memory>
/// relocatable <sections> <their bytes> <digest of their sizes>
/// ```
final class LayoutLine {
    private LayoutLine() {}

    static String write(Layout layout) {
        return switch (layout) {
            case Layout.Linked linked -> {
                StringBuilder text = new StringBuilder("linked %s %x %x"
                        .formatted(
                                linked.offsets(),
                                linked.text().start(),
                                linked.text().size()));
                for (LoadSegment segment : linked.segments()) {
                    text.append(" %x:%x:%x:%x"
                            .formatted(
                                    segment.offset().value(),
                                    segment.fileSize(),
                                    segment.address().value(),
                                    segment.memorySize()));
                }
                yield text.toString();
            }
            case Layout.Relocatable(int sections, long bytes, long digest) ->
                "relocatable %x %x %x".formatted(sections, bytes, digest);
        };
    }

    /// @throws IllegalArgumentException if [#write] does not return such a text
    static Layout read(String text) {
        String[] parts = text.split(" ", -1);
        if (parts[0].equals("relocatable") && parts.length == 4) {
            return new Layout.Relocatable(Integer.parseInt(parts[1], 16), hex(parts[2]), hex(parts[3]));
        }
        if (!parts[0].equals("linked") || parts.length < 4) {
            throw new IllegalArgumentException("no layout");
        }
        List<LoadSegment> segments = new ArrayList<>();
        for (int i = 4; i < parts.length; i++) {
            segments.add(segment(parts[i].split(":", -1)));
        }
        return new Layout.Linked(
                segments, new Layout.Span(hex(parts[2]), hex(parts[3])), Layout.Offsets.valueOf(parts[1]));
    }

    private static LoadSegment segment(String[] numbers) {
        if (numbers.length != 4) {
            throw new IllegalArgumentException("no segment");
        }
        return new LoadSegment(
                new FileOffset(hex(numbers[0])),
                hex(numbers[1]),
                new ElfAddress(hex(numbers[2])),
                hex(numbers[3]),
                true);
    }

    private static long hex(String digits) {
        return Long.parseUnsignedLong(digits, 16);
    }
}
