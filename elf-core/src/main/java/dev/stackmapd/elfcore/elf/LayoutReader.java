package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import dev.stackmapd.elfcore.bytes.Window;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Reads the layout of an executable that is mapped somewhere from its file header and program headers
/// alone, as they lie in the first 4 KiB of nearly every file. For one thread, one file.
public final class LayoutReader {
    private static final int IDENTIFICATION_BYTES = 18; // up to and with e_type

    /// The same number as in [BuildIdReader].
    private static final int MAX_PROGRAM_HEADERS = 256;

    private final Window window;
    private final List<LoadSegment> executable = new ArrayList<>();

    private LayoutReader(RandomAccessBytes bytes) {
        this.window = new Window(bytes);
    }

    /// Reads the layout. Malformed bytes are a result; only a failing read throws.
    ///
    /// @param bytes of a file that has its code, from offset 0 at least to the end of its program
    ///     headers
    /// @return [Layout.Linked#UNKNOWN] where it has no executable segments, or not all program headers
    ///     could be read
    public static Layout read(RandomAccessBytes bytes) throws IOException {
        return new LayoutReader(bytes).read();
    }

    private Layout read() throws IOException {
        if (!window.holds(0, IDENTIFICATION_BYTES) || window.u32(0) != ElfConstants.MAGIC || !isOrderKnown()) {
            return Layout.Linked.UNKNOWN;
        }
        int type = window.u16(16);
        int wide = window.u8(ElfConstants.EI_CLASS);
        boolean linked = type == ElfConstants.ET_EXEC || type == ElfConstants.ET_DYN;
        if (!linked || (wide != 1 && wide != 2)) {
            return Layout.Linked.UNKNOWN;
        }
        ElfClass elfClass = wide == 1 ? ElfClass.ELF32 : ElfClass.ELF64;
        boolean complete = window.holds(0, elfClass.headerBytes()) && readProgramHeaders(elfClass);
        return complete && !executable.isEmpty() && executable.size() <= Layout.MAX_SEGMENTS
                ? new Layout.Linked(executable, Layout.Span.NONE, Layout.Offsets.OWN)
                : Layout.Linked.UNKNOWN;
    }

    private boolean isOrderKnown() {
        int encoding = window.u8(ElfConstants.EI_DATA);
        window.order(encoding == ElfConstants.ELFDATA2MSB ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        return encoding == ElfConstants.ELFDATA2LSB || encoding == ElfConstants.ELFDATA2MSB;
    }

    /// Returns true if all of the program headers could be read.
    private boolean readProgramHeaders(ElfClass elfClass) throws IOException {
        boolean wide = elfClass == ElfClass.ELF64;
        long table = elfClass.word(window, wide ? 32 : 28);
        int entryBytes = window.u16(wide ? 54 : 42);
        int count = window.u16(wide ? 56 : 44);
        if (entryBytes != elfClass.programHeaderBytes() || count > MAX_PROGRAM_HEADERS) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            long entry = table + (long) i * entryBytes;
            if (!window.holds(entry, entryBytes)) {
                return false;
            }
            if (window.u32(entry) == ElfConstants.PT_LOAD) {
                add(elfClass, entry);
            }
        }
        return true;
    }

    private void add(ElfClass elfClass, long entry) {
        boolean wide = elfClass == ElfClass.ELF64;
        LoadSegment segment = new LoadSegment(
                new FileOffset(elfClass.word(window, entry + (wide ? 8 : 4))),
                elfClass.word(window, entry + (wide ? 32 : 16)),
                new ElfAddress(elfClass.word(window, entry + (wide ? 16 : 8))),
                elfClass.word(window, entry + (wide ? 40 : 20)),
                (window.u32(entry + (wide ? 4 : 24)) & ElfConstants.PF_X) != 0);
        if (segment.executable() && segment.memorySize() != 0) {
            executable.add(segment);
        }
    }
}
