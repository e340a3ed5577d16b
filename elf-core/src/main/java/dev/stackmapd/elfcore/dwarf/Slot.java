package dev.stackmapd.elfcore.dwarf;

/// The attributes that readers need, numbered for use as array indexes. All others are skipped.
final class Slot {
    static final int NONE = -1;
    static final int SIBLING = 0;
    static final int NAME = 1;
    static final int LINKAGE_NAME = 2;
    static final int LOW_PC = 3;
    static final int HIGH_PC = 4;
    static final int RANGES = 5;
    static final int ABSTRACT_ORIGIN = 6;
    static final int SPECIFICATION = 7;
    static final int CALL_FILE = 8;
    static final int CALL_LINE = 9;
    static final int CALL_COLUMN = 10;
    static final int DISCRIMINATOR = 11;
    static final int DECL_LINE = 12;
    static final int DECLARATION = 13;
    static final int ENTRY_PC = 14;
    static final int STMT_LIST = 15;
    static final int COMP_DIR = 16;
    static final int LANGUAGE = 17;
    static final int STR_OFFSETS_BASE = 18;
    static final int ADDR_BASE = 19;
    static final int RNGLISTS_BASE = 20;
    static final int GNU_RANGES_BASE = 21;
    static final int DWO_NAME = 22;
    static final int DWO_ID = 23;
    static final int COUNT = 24;

    private Slot() {}

    static int of(long attribute) {
        return attribute > 0xffff || attribute < 0 ? NONE : of((int) attribute);
    }

    private static int of(int attribute) {
        return switch (attribute) {
            case Dw.AT_SIBLING -> SIBLING;
            case Dw.AT_NAME -> NAME;
            case Dw.AT_LINKAGE_NAME, Dw.AT_MIPS_LINKAGE_NAME -> LINKAGE_NAME;
            case Dw.AT_LOW_PC -> LOW_PC;
            case Dw.AT_HIGH_PC -> HIGH_PC;
            case Dw.AT_RANGES -> RANGES;
            case Dw.AT_ABSTRACT_ORIGIN -> ABSTRACT_ORIGIN;
            case Dw.AT_SPECIFICATION -> SPECIFICATION;
            case Dw.AT_CALL_FILE -> CALL_FILE;
            case Dw.AT_CALL_LINE -> CALL_LINE;
            case Dw.AT_CALL_COLUMN -> CALL_COLUMN;
            case Dw.AT_GNU_DISCRIMINATOR -> DISCRIMINATOR;
            case Dw.AT_DECL_LINE -> DECL_LINE;
            case Dw.AT_DECLARATION -> DECLARATION;
            case Dw.AT_ENTRY_PC -> ENTRY_PC;
            case Dw.AT_STMT_LIST -> STMT_LIST;
            case Dw.AT_COMP_DIR -> COMP_DIR;
            case Dw.AT_LANGUAGE -> LANGUAGE;
            case Dw.AT_STR_OFFSETS_BASE -> STR_OFFSETS_BASE;
            case Dw.AT_ADDR_BASE, Dw.AT_GNU_ADDR_BASE -> ADDR_BASE;
            case Dw.AT_RNGLISTS_BASE -> RNGLISTS_BASE;
            case Dw.AT_GNU_RANGES_BASE -> GNU_RANGES_BASE;
            case Dw.AT_DWO_NAME, Dw.AT_GNU_DWO_NAME -> DWO_NAME;
            case Dw.AT_GNU_DWO_ID -> DWO_ID;
            default -> NONE;
        };
    }
}
