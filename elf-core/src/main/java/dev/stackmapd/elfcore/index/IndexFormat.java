package dev.stackmapd.elfcore.index;

import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import dev.stackmapd.elfcore.symbols.SymbolSource;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The symbol index of one binary, byte by byte. Little-endian throughout; written once, renamed into
/// place, never changed.
///
/// ```text
///  offset    bytes  header
/// 0         8      magic "smindex
/// "
///  8         2      VERSION
///  10        1      bytes of a block's start and of its offset, 4 or 8
///  11        1      reserved
///  12        4      length of the header, its checksum included
///  16        8      length of the file
///  24        8      base: ELF address where the first block starts
///  32        8      bytes of address space from there to the end of the last block
///  40        4      blocks
///  44        4      shift of the top level
///  48        4      contexts
///  52        4      functions
///  56        4      files
///  60        4      strings
///  64        5      bits of a context's parent, function, call file, call line, call column
///  69        7      bits of a function's raw name, name, declaration line, kind, entry, size; 1 reserved
///  76        2      bits of a file's directory and name
///  78        1      sources: bit n is set if a function comes from source n
///  79        1      flags: bit 0 says that parts of the binary could not be read
///  80        1      b, bytes of the build-id, 1 to 64; bit 7 is set if it is an htlhash
///  81        1      t, bytes of the tool's version
///  82        2      sections
///  84        b      build-id
///            t      version of the tool, printable ASCII
///            24     for each section: number (4), CRC-32C of its bytes (4), offset in the file (8), length (8)
///            4      CRC-32C of everything before
/// ```
///
/// Sections follow each other in the file without gaps, each once, in this order:
///
/// | number | section | bytes |
/// |---|---|---|
/// | 1 | entries | blocks, see below |
/// | 2 | blocks | for each block: its start from `base`, ascending, and its offset in `entries`; then both ends |
/// | 3 | top | u32 for each `k`: the block that holds address `base + (k << shift)`; and the last block |
/// | 4 | contexts | bit-packed records |
/// | 5 | functions | bit-packed records, by raw name |
/// | 6 | files | bit-packed records, those used most first |
/// | 7 | strings | for each 16 strings: u32 offset of their text in `texts`; and the end of the last |
/// | 8 | texts | front-coded strings, in byte order |
/// | 9 | lacking | see below; empty where nothing lacked |
///
/// A **block** has the addresses from its start to that of the next one, cut into at most 32 entries:
///
/// ```text
///  1        entries minus 1 (bits 0 to 4), bit 5: long lengths follow
///  [v]      bytes of all long lengths, if bit 5 is set
///  [v]      bytes of the first 16 operations, if there are more
///  n - 1    length in bytes of each entry but the last: 1 to 255, or 0 for the next long length
///  v ...    long lengths
///  ...      an operation for each entry
/// ```
///
/// A number `v` is unsigned in base 128, low bits first, at most 5 bytes (10 for lengths); `z` is such a
/// number that stands for a signed one, zigzag. An **operation** changes the values of the entry before
/// it. Before the first entry and before the 17th all values are zero, and no operation there refers to
/// an earlier entry, so that at most half a block is decoded:
///
/// ```text
///  0          nothing is known here; the next operation sees past this entry
///  1 to 31    bit 0: v, start from the entry that many before
///             bit 1: z, change of the context
///             bit 2: v, file
///             bit 3: line: v if a file is given, else z, its change
///             bit 4: v, column
///  32 to 63   the same as the entry this minus 31 before
///  64 to 159  the line changes by this minus 88; v, column
///  160 to 255 the line changes by this minus 184; the column stays
/// ```
///
/// Context 0 is code of no known function, file 0 is no known file, and line and column 0 are not known.
/// A **context** record belongs to a function (parent 0; the call is 0) or to a call inlined into the
/// context that many numbers before it: parent, function, call file, call line, call column.
/// **Function** records: raw name, name, declaration line, kind, entry from `base` plus 1 or 0 where it
/// is only inlined, size; a function in several parts has a record for each of them, whose entry is the
/// start of the part and whose raw name is that of the part's symbol. **File** records: directory with
/// its last slash, name. Names and directories are strings.
///
/// Records are packed without gaps between fields, low bits first; each record fills whole bytes. A
/// **string** is: v, bytes that it shares with the one before it (0 for each 16th), v, bytes that
/// follow, these.
///
/// **Lacking** has the parts of the debug information that were missing, and for which code: u32 cuts,
/// sets, parts, and the set for code that debug information does not cover; for each cut, ascending, u64
/// ELF address and u32 set of the code from there to the next cut; for each part u8 kind, u8 reason, 2
/// reserved, u32 string of its name; for each set u32 index of its first member, and the end of the
/// last; u32 part of each member. Sets are numbered from 1; 0 is the empty one.
final class IndexFormat {
    /// The version of the format. Raise it when the same input would give other bytes, and add the
    /// reason here:
    ///
    /// - 1: first
    /// - 2: parts of a function have records of their own; kind has a flag for approximate names; a
    ///   section lists the missing parts of the debug information
    static final int VERSION = 2;

    /// The oldest version that can still be read.
    static final int OLDEST_VERSION = 2;

    static final byte[] MAGIC = "smindex\n".getBytes(StandardCharsets.US_ASCII);
    static final int HEADER_LENGTH_AT = 12;
    static final int FIXED_HEADER_BYTES = 84;
    static final int DIRECTORY_ENTRY_BYTES = 24;
    static final int PARTS_SKIPPED = 1;
    static final int IS_HTLHASH = 0x80;
    private static final int APPROXIMATE = 1 << 7;

    static final int ENTRIES = 1;
    static final int BLOCKS = 2;
    static final int TOP = 3;
    static final int CONTEXTS = 4;
    static final int FUNCTIONS = 5;
    static final int FILES = 6;
    static final int STRINGS = 7;
    static final int TEXTS = 8;
    static final int LACKING = 9;
    static final int SECTIONS = 9;

    static final int CONTEXT_FIELDS = 5;
    static final int FUNCTION_FIELDS = 6;
    static final int FILE_FIELDS = 2;

    static final int BLOCK_ENTRIES = 32;
    static final int HALF_ENTRIES = 16;
    /// One operation is at most 26 bytes, one length 11.
    static final int MAX_BLOCK_BYTES = 14 + BLOCK_ENTRIES * 37;
    static final int STRINGS_TOGETHER = 16;

    static final int LONG_LENGTHS = 0x20;
    static final int OP_NOTHING = 0;
    static final int OP_FROM = 1;
    static final int OP_CONTEXT = 2;
    static final int OP_FILE = 4;
    static final int OP_LINE = 8;
    static final int OP_COLUMN = 16;
    static final int OP_SAME = 32;
    static final int OP_SHORT = 64;
    static final int OP_SHORT_SAME_COLUMN = 160;
    static final int SHORT_LINES = 96;
    static final int LOWEST_SHORT_LINE = -24;

    /// The most frames of one answer.
    static final int MAX_FRAMES = 256;
    /// The most missing parts in one answer.
    static final int MAX_LACKING = 16;
    /// The number of files of one unit. Files with higher numbers are ignored.
    static final int MAX_UNIT_FILES = 1 << 20;

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private IndexFormat() {}

    /// Returns the kind of a function record: source (bits 0 to 2) and language (bits 3 to 6). Bit 7 is
    /// set if the name is approximate.
    static byte kind(SymbolSource source, SourceLanguage language) {
        return (byte) (code(source) | code(language) << 3);
    }

    /// Returns the same kind with the flag of an approximate name.
    static byte approximate(byte kind) {
        return (byte) (kind | APPROXIMATE);
    }

    static boolean isApproximate(int kind) {
        return (kind & APPROXIMATE) != 0;
    }

    static int code(SymbolSource source) {
        return switch (source) {
            case DWARF -> 0;
            case SYMTAB -> 1;
            case DYNSYM -> 2;
            case MINI_DEBUG_INFO -> 3;
            case PCLNTAB -> 4;
            case PLT -> 5;
        };
    }

    private static int code(SourceLanguage language) {
        return switch (language) {
            case UNKNOWN -> 0;
            case C -> 1;
            case CPP -> 2;
            case OBJECTIVE_C -> 3;
            case D -> 4;
            case RUST -> 5;
            case GO -> 6;
            case SWIFT -> 7;
            case FORTRAN -> 8;
            case ADA -> 9;
            case ASSEMBLER -> 10;
            case OTHER -> 11;
        };
    }

    static int code(LackingPart.Kind kind) {
        return switch (kind) {
            case DWO -> 0;
            case DWP -> 1;
            case DWZ -> 2;
            case SECTION -> 3;
        };
    }

    static int code(LackingPart.Reason reason) {
        return switch (reason) {
            case MISSING -> 0;
            case DAMAGED -> 1;
            case TOO_LARGE -> 2;
        };
    }

    /// Returns the kind for a number in a file. An unknown number is read as section.
    static LackingPart.Kind lackingKind(int code) {
        for (LackingPart.Kind kind : LackingPart.Kind.values()) {
            if (code(kind) == code) {
                return kind;
            }
        }
        return LackingPart.Kind.SECTION;
    }

    /// Returns the reason for a number in a file. An unknown number is read as damaged.
    static LackingPart.Reason lackingReason(int code) {
        for (LackingPart.Reason reason : LackingPart.Reason.values()) {
            if (code(reason) == code) {
                return reason;
            }
        }
        return LackingPart.Reason.DAMAGED;
    }

    /// Returns the source in a kind. An unknown number is read as symbol table.
    static SymbolSource source(int kind) {
        for (SymbolSource source : SymbolSource.values()) {
            if (code(source) == (kind & 7)) {
                return source;
            }
        }
        return SymbolSource.SYMTAB;
    }

    static SourceLanguage language(int kind) {
        for (SourceLanguage language : SourceLanguage.values()) {
            if (code(language) == (kind >>> 3 & 15)) {
                return language;
            }
        }
        return SourceLanguage.OTHER;
    }

    /// Returns the number of bits that a record's field needs for numbers up to `largest`.
    static int bits(long largest) {
        return Long.SIZE - Long.numberOfLeadingZeros(largest);
    }
}
