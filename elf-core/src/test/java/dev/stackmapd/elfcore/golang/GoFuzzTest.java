package dev.stackmapd.elfcore.golang;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.stackmapd.elfcore.bytes.DwarfLimits;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.nio.ByteOrder;

/// Reads any bytes as a Go program's table: the result is an answer or [MalformedBinaryException],
/// within the limits.
///
/// To search for new inputs for a minute: `JAZZER_FUZZ=1 mvn -pl elf-core -am test
/// -Dtest=GoFuzzTest#table -Dsurefire.failIfNoSpecifiedTests=false`. A finding is kept under
/// `src/test/resources`, named for the bug.
class GoFuzzTest {
    private static final ParseLimits LIMITS = new ParseLimits(
            1 << 16,
            1 << 10,
            1 << 10,
            1 << 10,
            1 << 16,
            1 << 16,
            new DwarfLimits(64, 1 << 10, 32, 8, 8, 256, 1 << 10, 1 << 12, 1 << 12, 1 << 17, 1 << 16, 1 << 14, 1 << 15));
    private static final HandmadeTable FRAME = new HandmadeTable(TableVersion.GO_1_20, 8, ByteOrder.LITTLE_ENDIAN);

    /// Reads the table and its module data, as [HandmadeTable] writes them, at their address.
    @FuzzTest(maxDuration = "10s")
    void table(byte[] bytes) {
        byte[] file = FRAME.file(bytes);
        try (ElfFile elf = ElfFile.of("fuzz", file, LIMITS)) {
            var table = GoTable.find(elf);
            if (table.isPresent()) {
                for (long address = 0xff0; address < 0x1040; address += 8) {
                    GoAnswer answer = table.get().lookup(new ElfAddress(address));
                    if (!answer.frames().isEmpty()
                            && answer.frames().getLast().inlined()
                            && answer.skipped().isEmpty()) {
                        throw new AssertionError("nothing to be inlined into");
                    }
                }
            }
        } catch (MalformedBinaryException e) {
            if (e.offset() < 0 || e.offset() > file.length) {
                throw new AssertionError("refused at an offset outside the file", e);
            }
        }
    }
}
