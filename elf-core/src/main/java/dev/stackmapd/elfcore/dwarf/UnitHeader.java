package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// The header of one unit (DWARF 5, 7.5.1). Positions are relative to the beginning of the section.
///
/// @param offset where the unit begins
/// @param end where the next one begins
/// @param type `DW_UT_*`; units before DWARF 5 are `DW_UT_compile`, or `DW_UT_type` in `.debug_types`
/// @param abbreviations offset in `.debug_abbrev`
/// @param id the split unit's id or the type's signature, 0 where the header has neither
/// @param typeOffset of a type unit: the offset of the type's DIE, relative to the unit
/// @param firstDie the offset of the unit DIE
record UnitHeader(
        long offset,
        long end,
        Encoding encoding,
        int type,
        long abbreviations,
        long id,
        long typeOffset,
        long firstDie) {

    private static final long DWARF64 = 0xffff_ffffL;

    /// @param unitType the type of a unit whose header is older than DWARF 5, which depends on its
    ///     section
    static UnitHeader read(Cursor at, int unitType) throws MalformedBinaryException {
        long offset = at.position();
        long length = at.u32("unit_length");
        int offsetBytes = length == DWARF64 ? Long.BYTES : Integer.BYTES;
        if (length == DWARF64) {
            length = at.u64("unit_length");
        }
        if (Long.compareUnsigned(length, at.remaining()) > 0) {
            throw at.malformed(
                    "unit_length is " + Long.toUnsignedString(length) + ", but " + at.remaining() + " bytes remain");
        }
        long end = at.position() + length;
        int version = at.u16("version");
        if (!isKnown(version)) {
            throw at.malformed("DWARF version is " + version);
        }
        int type = version == 5 ? at.u8("unit_type") : unitType;
        int addressBytes = version == 5 ? at.u8("address_size") : 0;
        long abbreviations = offsetBytes == Long.BYTES ? at.u64("debug_abbrev_offset") : at.u32("debug_abbrev_offset");
        Encoding encoding = new Encoding(version, offsetBytes, version == 5 ? addressBytes : at.u8("address_size"));
        if (Integer.bitCount(encoding.addressBytes()) != 1 || encoding.addressBytes() > Long.BYTES) {
            throw at.malformed("address_size is " + encoding.addressBytes());
        }
        boolean isType = type == Dw.UT_TYPE || type == Dw.UT_SPLIT_TYPE;
        boolean hasId = isType || type == Dw.UT_SKELETON || type == Dw.UT_SPLIT_COMPILE;
        long id = hasId ? at.u64("dwo_id or type_signature") : 0;
        long typeOffset = isType ? encoding.offset(at, "type_offset") : 0;
        if (at.position() > end) {
            throw at.malformed("the unit ends inside its header");
        }
        return new UnitHeader(offset, end, encoding, type, abbreviations, id, typeOffset, at.position());
    }

    static boolean isKnown(int version) {
        return version >= 2 && version <= 5;
    }

    boolean isTypeUnit() {
        return type == Dw.UT_TYPE || type == Dw.UT_SPLIT_TYPE;
    }
}
