package dev.stackmapd.elfcore.gsym;

/// The constants of the format, by their names in LLVM.
final class Gsym {
    static final int MAGIC = 0x4753594d;
    static final int VERSION = 1;
    static final int MAX_UUID_BYTES = 20;
    static final int HEADER_BYTES = 48;

    static final int END_OF_LIST = 0;
    static final int LINE_TABLE_INFO = 1;
    static final int INLINE_INFO = 2;
    static final int MERGED_FUNCTIONS_INFO = 3;

    static final int END_SEQUENCE = 0;
    static final int SET_FILE = 1;
    static final int ADVANCE_PC = 2;
    static final int ADVANCE_LINE = 3;
    static final int FIRST_SPECIAL = 4;

    /// The greatest nesting of inlined calls.
    static final int MAX_DEPTH = 256;
    /// The most bytes of one name, directory or file.
    static final int MAX_STRING_BYTES = 1 << 16;
    /// The most functions folded into one.
    static final int MAX_MERGED = 1 << 8;

    private Gsym() {}
}
