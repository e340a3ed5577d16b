package dev.stackmapd.elfcore.elf;

/// How strict the search for a build-id is (DEV-17).
public enum BuildIdProfile {

    /// The behaviour of Linux 6.12 and later, oddities included (ELF-01 to ELF-12): native byte order
    /// only, ids of at most 20 bytes, program headers only, the padding of a note must lie inside its
    /// segment.
    KERNEL,

    /// Both byte orders, ids up to 64 bytes, `SHT_NOTE` sections where no segment has the note, a last
    /// note without padding accepted.
    LENIENT
}
