package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import dev.stackmapd.elfcore.bytes.Window;
import dev.stackmapd.elfcore.elf.BuildIdSearch.Cause;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One search for a build-id: header, program headers, notes. The subclasses implement the profiles.
///
/// A malformed part is skipped. The first error is kept and becomes the result if no build-id is found.
/// Every field is read once and then used from a local variable, since the file may change meanwhile.
/// For one thread and one run.
abstract sealed class NoteScan permits KernelNoteScan, LenientNoteScan {
    /// Further headers are ignored, and a larger number alone is no error (ELF-04).
    private static final int MAX_PROGRAM_HEADERS = 256;

    private static final int NOTE_HEADER_BYTES = 12;
    private static final int NAME_BYTES = 4;
    private static final int IDENTIFICATION_BYTES = 18; // up to and with e_type

    /// The least cost of a segment, in bytes: even for a small one the window may have to move there and
    /// back.
    private static final int SEGMENT_COST = 1024;

    final Window window;
    final ParseLimits limits;
    ElfClass elfClass = ElfClass.ELF64;
    private long noteBytes;
    private BuildIdSearch.@Nullable Missing complaint;

    NoteScan(RandomAccessBytes bytes, ParseLimits limits) {
        this.window = new Window(bytes);
        this.limits = limits;
    }

    final BuildIdSearch run() throws IOException {
        if (identified()) {
            Optional<BuildId> found = find();
            if (found.isPresent()) {
                return new BuildIdSearch.Found(found.get());
            }
        }
        return complaint != null ? complaint : new BuildIdSearch.Missing(Cause.NO_NOTE, 0, "no build-id note");
    }

    /// Sets the byte order of the window; false after a complaint.
    abstract boolean orderKnown();

    abstract boolean acceptsType(int type);

    /// Searches for the build-id after the file header has been checked.
    abstract Optional<BuildId> find() throws IOException;

    /// Searches the notes of one `PT_NOTE` segment.
    abstract Optional<BuildId> segment(long offset, long fileSize) throws IOException;

    /// Returns the start of the note after the one at `here` (at least 12 bytes further, so that a walk
    /// ends), or -1 if the note does not fit below `end`.
    abstract long next(long here, long nameSize, long descSize, long end);

    /// Returns the fewest bytes that are read as a note.
    abstract int leastNoteBytes();

    abstract int maxIdBytes();

    private boolean identified() throws IOException {
        if (!hasMagic()) {
            return false;
        }
        if (!window.holds(0, IDENTIFICATION_BYTES)) {
            complain(Cause.TRUNCATED, IDENTIFICATION_BYTES, "the file header is cut short");
            return false;
        }
        return orderKnown() && typeKnown() && classKnown();
    }

    private boolean hasMagic() throws IOException {
        for (int i = 0; i < 4; i++) {
            if (!window.holds(0, i + 1)) {
                complain(i == 0 ? Cause.NOT_ELF : Cause.TRUNCATED, i, "only " + i + " bytes");
                return false;
            }
            if (window.u8(i) != ((ElfConstants.MAGIC >>> (8 * i)) & 0xff)) {
                complain(Cause.NOT_ELF, i, "no ELF magic");
                return false;
            }
        }
        return true;
    }

    private boolean typeKnown() {
        int type = window.u16(16);
        if (acceptsType(type)) {
            return true;
        }
        complain(Cause.NOT_ELF, 16, "e_type is " + type);
        return false;
    }

    private boolean classKnown() throws IOException {
        int value = window.u8(ElfConstants.EI_CLASS);
        if (value != 1 && value != 2) {
            complain(Cause.NOT_ELF, ElfConstants.EI_CLASS, "EI_CLASS is " + value);
            return false;
        }
        elfClass = value == 1 ? ElfClass.ELF32 : ElfClass.ELF64;
        if (!window.holds(0, elfClass.headerBytes())) {
            complain(Cause.TRUNCATED, elfClass.headerBytes(), "the file header is cut short");
            return false;
        }
        return true;
    }

    /// Searches the program headers one at a time (ELF-05, ELF-06). A header that cannot be read ends
    /// the search, one whose notes are malformed does not.
    final Optional<BuildId> programHeaders() throws IOException {
        boolean wide = elfClass == ElfClass.ELF64;
        long table = elfClass.word(window, wide ? 32 : 28);
        int count = Math.min(window.u16(wide ? 56 : 44), MAX_PROGRAM_HEADERS);
        int entryBytes = elfClass.programHeaderBytes();
        for (int i = 0; i < count; i++) {
            long entry = table + (long) i * entryBytes;
            if (!window.holds(entry, entryBytes)) {
                complain(Cause.TRUNCATED, entry, "program header " + i + " is outside the file");
                return Optional.empty();
            }
            if (window.u32(entry) != ElfConstants.PT_NOTE) {
                continue;
            }
            long offset = elfClass.word(window, entry + (wide ? 8 : 4));
            long fileSize = elfClass.word(window, entry + (wide ? 32 : 16));
            Optional<BuildId> found = segment(offset, fileSize);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /// Walks the notes in `[start, end)`, both at most 2^63 (ELF-08 to ELF-10).
    final Optional<BuildId> walk(long start, long end) throws IOException {
        if (!affords(SEGMENT_COST, start)) {
            return Optional.empty();
        }
        int least = leastNoteBytes();
        for (long here = start; end - here >= least; ) {
            if (!window.holds(here, Math.min(least, NOTE_HEADER_BYTES + NAME_BYTES))) {
                complain(Cause.TRUNCATED, here, "a note is outside the file");
                return Optional.empty();
            }
            long nameSize = window.u32(here);
            long descSize = window.u32(here + 4);
            long type = window.u32(here + 8);
            long next = next(here, nameSize, descSize, end);
            if (next < 0) {
                complain(Cause.BAD_NOTE, here, overrun(nameSize, descSize, end - here));
                return Optional.empty();
            }
            if (type == ElfConstants.NT_GNU_BUILD_ID && nameSize == NAME_BYTES) {
                Optional<BuildId> found = gnuBuildId(here, descSize);
                if (found.isPresent()) {
                    return found;
                }
            }
            if (!affords(Math.min(next - here, Window.SIZE), here)) {
                return Optional.empty();
            }
            here = next;
        }
        return Optional.empty();
    }

    private Optional<BuildId> gnuBuildId(long note, long descSize) throws IOException {
        long desc = note + NOTE_HEADER_BYTES + NAME_BYTES;
        if (!window.holds(note, NOTE_HEADER_BYTES + NAME_BYTES)) {
            complain(Cause.TRUNCATED, note, "a note is outside the file");
            return Optional.empty();
        }
        if (!isGnu(note + NOTE_HEADER_BYTES)) {
            return Optional.empty();
        }
        if (descSize < 1 || descSize > maxIdBytes()) {
            complain(Cause.NO_NOTE, note, "a build-id of " + descSize + " bytes is skipped");
            return Optional.empty();
        }
        if (!window.holds(desc, (int) descSize)) {
            complain(Cause.TRUNCATED, desc, "a build-id of " + descSize + " bytes is cut short");
            return Optional.empty();
        }
        return Optional.of(BuildId.of(window.copy(desc, (int) descSize)));
    }

    private boolean isGnu(long name) {
        for (int i = 0; i < NAME_BYTES; i++) {
            if (window.u8(name + i) != ((ElfConstants.GNU >>> (8 * i)) & 0xff)) {
                return false;
            }
        }
        return true;
    }

    /// Charges the most bytes that a step may read, over all segments, and returns false if the limit is
    /// exceeded.
    private boolean affords(long bytes, long at) {
        noteBytes += bytes;
        if (noteBytes <= limits.maxNoteBytes()) {
            return true;
        }
        complain(Cause.BAD_NOTE, at, "more than " + limits.maxNoteBytes() + " bytes of notes");
        return false;
    }

    /// Keeps the first complaint. That an id was skipped counts only as long as nothing is malformed.
    final void complain(Cause cause, long offset, String detail) {
        if (complaint == null || (complaint.cause() == Cause.NO_NOTE && cause != Cause.NO_NOTE)) {
            complaint = new BuildIdSearch.Missing(cause, offset, detail);
        }
    }

    private static String overrun(long nameSize, long descSize, long remaining) {
        return "n_namesz is " + nameSize + " and n_descsz " + descSize + ", but " + remaining + " bytes remain";
    }
}
