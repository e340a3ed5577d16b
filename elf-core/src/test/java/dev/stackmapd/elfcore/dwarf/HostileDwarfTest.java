package dev.stackmapd.elfcore.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Damages the debug sections at every place: the result is an answer, which may be partial and says so,
/// or the one exception that rejects the file. There is no other exception, and not more work than the
/// limits allow.
class HostileDwarfTest {
    private static final byte[] LIES = {0x00, 0x01, 0x7f, (byte) 0x80, (byte) 0xff};

    private static final ParseLimits LIMITS = new ParseLimits(
            1 << 16,
            1 << 10,
            1 << 10,
            1 << 10,
            1 << 16,
            1 << 16,
            new DwarfLimits(64, 1 << 10, 32, 8, 8, 256, 1 << 10, 1 << 12, 1 << 12, 1 << 17, 1 << 16, 1 << 14, 1 << 15));

    @ParameterizedTest
    @ValueSource(strings = {"gcc-cold", "clang-dwarf64", "relocatable.o"})
    void everySectionCutAtEveryByte(String name) throws Exception {
        Target target = Target.read(name);
        for (DebugSection section : target.sections) {
            for (int size = 0; size < section.size(); size++) {
                target.look(section.cut(target.bytes, size), section.name() + " cut at " + size);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc-cold", "gcc-dwarf4", "clang-dwarf5-O3", "relocatable.o"})
    void everyByteALie(String name) throws Exception {
        Target target = Target.read(name);
        for (DebugSection section : target.sections) {
            for (int at = section.offset(); at < section.offset() + section.size(); at++) {
                byte truth = target.bytes[at];
                // One wrong value for each byte of a binary; it differs between the binaries.
                target.bytes[at] = LIES[(at + name.length()) % LIES.length];
                target.look(target.bytes, "%s: lie at 0x%x".formatted(section.name(), at));
                target.bytes[at] = truth;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"compressed-zlib", "compressed-zstd", "compressed-gnu"})
    void compressedSectionsWithALie(String name) throws Exception {
        Target target = Target.read(name);
        for (DebugSection section : target.sections) {
            for (int at = section.offset(); at < section.offset() + section.size(); at += 1 + at % 5) {
                byte truth = target.bytes[at];
                target.bytes[at] = (byte) ~truth;
                target.look(target.bytes, "%s: not 0x%02x at 0x%x".formatted(section.name(), truth, at));
                target.bytes[at] = truth;
            }
            target.look(section.cut(target.bytes, section.size() - 1), section.name() + " cut");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc-dwarf5-O1", "clang-dwarf4"})
    void aLostLineSectionLeavesFunctions(String name) throws Exception {
        Target target = Target.read(name);
        DebugSection lines = target.section(".debug_line");
        try (ElfFile file = ElfFile.of("lost", lines.cut(target.bytes, 3), ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
            DwarfAnswer.Found found = (DwarfAnswer.Found) dwarf.lookup(new ElfAddress(target.addresses.getFirst()));
            assertThat(found.frames().getLast().names().rawName()).isNotEmpty();
            assertThat(found.frames().getFirst().line()).isZero();
            assertThat(found.skipped()).extracting(SkippedPart::scope).contains(SkippedPart.Scope.LINES);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc-dwarf5-O1", "clang-dwarf4"})
    void lostAbbreviationsLeaveNothingButTheReason(String name) throws Exception {
        Target target = Target.read(name);
        try (ElfFile file =
                        ElfFile.of("lost", target.section(".debug_abbrev").cut(target.bytes, 0), ParseLimits.DEFAULT);
                DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
            DwarfAnswer answer = dwarf.lookup(new ElfAddress(target.addresses.getFirst()));
            assertThat(answer).isInstanceOf(DwarfAnswer.Missing.class);
            assertThat(answer.skipped())
                    .extracting(SkippedPart::detail)
                    .anyMatch(detail -> detail.contains(".debug_abbrev"));
        }
    }

    /// One fixture, its debug sections, and two addresses that have frames.
    private static final class Target {
        private final byte[] bytes;
        private final List<DebugSection> sections;
        private final List<Long> addresses;

        private Target(byte[] bytes, List<Long> addresses) {
            this.bytes = bytes;
            this.sections = DebugSection.of(bytes);
            this.addresses = addresses;
        }

        static Target read(String name) throws IOException {
            ExpectedFrames expected = new ExpectedFrames(name);
            byte[] bytes = Files.readAllBytes(expected.binary());
            List<Long> known = expected.frames().entrySet().stream()
                    .filter(entry -> !entry.getValue().isEmpty())
                    .map(entry -> entry.getKey())
                    .toList();
            return new Target(bytes, List.of(known.get(known.size() / 2), known.getLast()));
        }

        DebugSection section(String name) {
            return sections.stream()
                    .filter(s -> s.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        void look(byte[] damaged, String what) {
            try (ElfFile file = ElfFile.of("hostile", damaged, LIMITS);
                    DwarfFile dwarf = DwarfFile.open(file, DebugFileFinder.NONE)) {
                for (long address : addresses) {
                    dwarf.lookup(new ElfAddress(address));
                }
                dwarf.walk(new Walked(), new ReadBudget(1 << 18, 1 << 15));
                dwarf.sourceNames();
            } catch (MalformedBinaryException e) {
                assertThat(e.offset()).as(what).isBetween(0L, 1L << 16);
            } catch (RuntimeException | Error e) {
                throw new AssertionError(what, e);
            }
        }
    }
}
