package dev.stackmapd.elfcore.elf;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import java.io.IOException;

/// Finds the build-id of a file, reading only its header, its program headers and its notes.
///
/// Nearly every file costs one read of 4 KiB. [BuildIdProfile#KERNEL] finds the same as Linux 6.12 and
/// later (ELF-01 to ELF-13), except that the bytes of notes it reads are bounded in all
/// ([ParseLimits#maxNoteBytes]; the kernel's are not). [BuildIdProfile#LENIENT] uses the byte order in
/// `EI_DATA`, accepts relocatable files too, counts in 64 bits, and looks at the section headers where
/// no segment has the id. Both read at most 256 program headers of the fixed size (ELF-03, ELF-04) and
/// walk notes in steps of 4 (ELF-12).
///
/// Thread-safe, since each search has a state of its own. The source may allow one thread only.
public final class BuildIdReader {
    private final BuildIdProfile profile;
    private final ParseLimits limits;

    public BuildIdReader(BuildIdProfile profile, ParseLimits limits) {
        this.profile = profile;
        this.limits = limits;
    }

    /// Searches for the build-id. Malformed bytes are a result; only a failing read throws.
    public BuildIdSearch read(RandomAccessBytes bytes) throws IOException {
        return switch (profile) {
            case KERNEL -> new KernelNoteScan(bytes, limits).run();
            case LENIENT -> new LenientNoteScan(bytes, limits).run();
        };
    }
}
