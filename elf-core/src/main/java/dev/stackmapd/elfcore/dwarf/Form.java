package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// The encodings of attribute values (DWARF 5, 7.5.6): the width of each form, how to skip it, and how
/// to read its raw value.
///
/// A raw value is the number in the file: an address, a constant, an index, or an offset into some
/// section. For inline strings and blocks it is their position in the section.
final class Form {
    static final int VARIABLE = -1;

    private Form() {}

    /// Returns the width of a form in bytes, or [#VARIABLE].
    static int bytes(int form, Encoding encoding) {
        return switch (form) {
            case Dw.FORM_FLAG_PRESENT, Dw.FORM_IMPLICIT_CONST -> 0;
            case Dw.FORM_DATA1, Dw.FORM_FLAG, Dw.FORM_REF1, Dw.FORM_STRX1, Dw.FORM_ADDRX1 -> 1;
            case Dw.FORM_DATA2, Dw.FORM_REF2, Dw.FORM_STRX2, Dw.FORM_ADDRX2 -> 2;
            case Dw.FORM_STRX3, Dw.FORM_ADDRX3 -> 3;
            case Dw.FORM_DATA4, Dw.FORM_REF4, Dw.FORM_STRX4, Dw.FORM_ADDRX4, Dw.FORM_REF_SUP4 -> 4;
            case Dw.FORM_DATA8, Dw.FORM_REF8, Dw.FORM_REF_SIG8, Dw.FORM_REF_SUP8 -> 8;
            case Dw.FORM_DATA16 -> 16;
            case Dw.FORM_ADDR -> encoding.addressBytes();
            case Dw.FORM_REF_ADDR -> encoding.version() == 2 ? encoding.addressBytes() : encoding.offsetBytes();
            case Dw.FORM_SEC_OFFSET,
                    Dw.FORM_STRP,
                    Dw.FORM_LINE_STRP,
                    Dw.FORM_STRP_SUP,
                    Dw.FORM_GNU_REF_ALT,
                    Dw.FORM_GNU_STRP_ALT -> encoding.offsetBytes();
            default -> VARIABLE;
        };
    }

    /// Skips a value of a variable form.
    static void skip(int form, Cursor at, Encoding encoding) throws MalformedBinaryException {
        switch (form) {
            case Dw.FORM_UDATA,
                    Dw.FORM_SDATA,
                    Dw.FORM_REF_UDATA,
                    Dw.FORM_STRX,
                    Dw.FORM_ADDRX,
                    Dw.FORM_LOCLISTX,
                    Dw.FORM_RNGLISTX,
                    Dw.FORM_GNU_ADDR_INDEX,
                    Dw.FORM_GNU_STR_INDEX -> at.skipLeb128("attribute");
            case Dw.FORM_STRING -> at.skipString("DW_FORM_string");
            case Dw.FORM_BLOCK, Dw.FORM_EXPRLOC -> at.skip(at.uleb128("block length"), "block");
            case Dw.FORM_BLOCK1 -> at.skip(at.u8("block length"), "block");
            case Dw.FORM_BLOCK2 -> at.skip(at.u16("block length"), "block");
            case Dw.FORM_BLOCK4 -> at.skip(at.u32("block length"), "block");
            case Dw.FORM_INDIRECT -> skipIndirect(at, encoding);
            default -> throw at.malformed("form 0x" + Integer.toHexString(form) + " is not known");
        }
    }

    private static void skipIndirect(Cursor at, Encoding encoding) throws MalformedBinaryException {
        int form = indirect(at);
        int bytes = bytes(form, encoding);
        if (bytes == VARIABLE) {
            skip(form, at, encoding);
        } else {
            at.skip(bytes, "attribute");
        }
    }

    /// Returns the form that `DW_FORM_indirect` names, which may be neither itself nor one whose value
    /// is elsewhere.
    static int indirect(Cursor at) throws MalformedBinaryException {
        long form = at.uleb128("DW_FORM_indirect");
        if (form == Dw.FORM_INDIRECT || form == Dw.FORM_IMPLICIT_CONST || Long.compareUnsigned(form, 0xffff) > 0) {
            throw at.malformed("DW_FORM_indirect names form 0x" + Long.toHexString(form));
        }
        return (int) form;
    }

    /// Reads a raw value. The caller handles `DW_FORM_indirect` and `DW_FORM_implicit_const`.
    static long read(int form, Cursor at, Encoding encoding) throws MalformedBinaryException {
        return switch (form) {
            case Dw.FORM_FLAG_PRESENT -> 1;
            case Dw.FORM_DATA1, Dw.FORM_FLAG, Dw.FORM_REF1, Dw.FORM_STRX1, Dw.FORM_ADDRX1 -> at.u8("attribute");
            case Dw.FORM_DATA2, Dw.FORM_REF2, Dw.FORM_STRX2, Dw.FORM_ADDRX2 -> at.u16("attribute");
            case Dw.FORM_STRX3, Dw.FORM_ADDRX3 -> at.u24("attribute");
            case Dw.FORM_DATA4, Dw.FORM_REF4, Dw.FORM_STRX4, Dw.FORM_ADDRX4, Dw.FORM_REF_SUP4 -> at.u32("attribute");
            case Dw.FORM_DATA8, Dw.FORM_REF8, Dw.FORM_REF_SIG8, Dw.FORM_REF_SUP8 -> at.u64("attribute");
            case Dw.FORM_ADDR -> encoding.address(at, "DW_FORM_addr");
            case Dw.FORM_REF_ADDR ->
                encoding.version() == 2
                        ? encoding.address(at, "DW_FORM_ref_addr")
                        : encoding.offset(at, "DW_FORM_ref_addr");
            case Dw.FORM_SEC_OFFSET,
                    Dw.FORM_STRP,
                    Dw.FORM_LINE_STRP,
                    Dw.FORM_STRP_SUP,
                    Dw.FORM_GNU_REF_ALT,
                    Dw.FORM_GNU_STRP_ALT -> encoding.offset(at, "section offset");
            case Dw.FORM_SDATA -> at.sleb128("DW_FORM_sdata");
            case Dw.FORM_UDATA,
                    Dw.FORM_REF_UDATA,
                    Dw.FORM_STRX,
                    Dw.FORM_ADDRX,
                    Dw.FORM_LOCLISTX,
                    Dw.FORM_RNGLISTX,
                    Dw.FORM_GNU_ADDR_INDEX,
                    Dw.FORM_GNU_STR_INDEX -> at.uleb128("attribute");
            default -> readInPlace(form, at, encoding);
        };
    }

    private static long readInPlace(int form, Cursor at, Encoding encoding) throws MalformedBinaryException {
        long position = at.position();
        if (form == Dw.FORM_DATA16) {
            at.skip(16, "DW_FORM_data16");
        } else {
            skip(form, at, encoding);
        }
        return position;
    }

    /// Returns true if the raw value is an index into `.debug_addr`.
    static boolean isAddressIndex(int form) {
        return switch (form) {
            case Dw.FORM_ADDRX,
                    Dw.FORM_ADDRX1,
                    Dw.FORM_ADDRX2,
                    Dw.FORM_ADDRX3,
                    Dw.FORM_ADDRX4,
                    Dw.FORM_GNU_ADDR_INDEX -> true;
            default -> false;
        };
    }

    /// Returns true if the raw value is an index into `.debug_str_offsets`.
    static boolean isStringIndex(int form) {
        return switch (form) {
            case Dw.FORM_STRX, Dw.FORM_STRX1, Dw.FORM_STRX2, Dw.FORM_STRX3, Dw.FORM_STRX4, Dw.FORM_GNU_STR_INDEX ->
                true;
            default -> false;
        };
    }
}
