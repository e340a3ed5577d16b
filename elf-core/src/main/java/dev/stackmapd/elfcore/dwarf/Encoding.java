package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// The properties of a unit that determine the width of a form (DWARF 5, 7.4 and 7.5.1).
///
/// @param version 2 to 5
/// @param offsetBytes 4 in 32-bit DWARF, 8 in 64-bit DWARF
/// @param addressBytes 1 to 8
record Encoding(int version, int offsetBytes, int addressBytes) {

    long offset(Cursor from, String what) throws MalformedBinaryException {
        return offsetBytes == Long.BYTES ? from.u64(what) : from.u32(what);
    }

    long address(Cursor from, String what) throws MalformedBinaryException {
        return switch (addressBytes) {
            case 8 -> from.u64(what);
            case 4 -> from.u32(what);
            case 2 -> from.u16(what);
            case 1 -> from.u8(what);
            default -> throw from.malformed("address_size is " + addressBytes);
        };
    }

    /// Returns the address with all bits set, which linkers write for code that they dropped, as DWARF 5
    /// prescribes.
    long largestAddress() {
        return addressBytes >= Long.BYTES ? -1L : (1L << (addressBytes * Byte.SIZE)) - 1;
    }
}
