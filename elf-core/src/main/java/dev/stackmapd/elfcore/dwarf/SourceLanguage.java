package dev.stackmapd.elfcore.dwarf;

/// The language of a unit (DWARF 5, 7.12). It has only the languages whose names are demangled or shown
/// differently.
public enum SourceLanguage {
    UNKNOWN,
    C,
    CPP,
    OBJECTIVE_C,
    D,
    RUST,
    GO,
    SWIFT,
    FORTRAN,
    ADA,
    ASSEMBLER,
    OTHER;

    static SourceLanguage of(long code) {
        if (code < 0 || code > 0xffff) {
            return OTHER;
        }
        return switch ((int) code) {
            case 0 -> UNKNOWN;
            case 0x01, 0x02, 0x0c, 0x1d, 0x2c -> C;
            case 0x04, 0x11, 0x1a, 0x21, 0x2b, 0x3a -> CPP;
            case 0x10 -> OBJECTIVE_C;
            case 0x13 -> D;
            case 0x1c -> RUST;
            case 0x16 -> GO;
            case 0x1e -> SWIFT;
            case 0x07, 0x08, 0x0e, 0x22, 0x23 -> FORTRAN;
            case 0x03, 0x0d, 0x2e, 0x2f -> ADA;
            case 0x8001 -> ASSEMBLER;
            default -> OTHER;
        };
    }
}
