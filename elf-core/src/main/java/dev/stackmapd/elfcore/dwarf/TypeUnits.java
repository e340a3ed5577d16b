package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import java.util.HashMap;
import java.util.Map;

/// Type units by signature (`DW_FORM_ref_sig8`; DWARF 5, 7.32): of `.debug_info`, and of `.debug_types`
/// before DWARF 5.
///
/// Headers are read once for each file, when the first signature is looked up. Thread-safe.
final class TypeUnits {
    /// Heap of the header of a type unit, and of its entry in a table.
    private static final int UNIT_BYTES = 192;

    private final DwarfFiles files;
    private final Map<DwarfObject, Map<Long, UnitHeader>> bySignature = new HashMap<>();

    TypeUnits(DwarfFiles files) {
        this.files = files;
    }

    synchronized DieReference find(DwarfObject object, long signature, ReadBudget budget)
            throws MalformedBinaryException {
        Map<Long, UnitHeader> known = bySignature.get(object);
        if (known == null) {
            budget.spend(object.units().count(), object.info().source());
            known = new HashMap<>();
            bySignature.put(object, known);
            read(object, known);
        }
        UnitHeader header = known.get(signature);
        if (header == null) {
            throw new MalformedBinaryException(
                    object.info().source(), 0, "no type unit has signature 0x" + Long.toHexString(signature));
        }
        return new DieReference(Unit.read(files, object, header, budget), header.offset() + header.typeOffset());
    }

    /// Reads the headers of type units. Those before a damaged position, or before a limit was exceeded,
    /// are kept.
    private static void read(DwarfObject object, Map<Long, UnitHeader> headers) throws MalformedBinaryException {
        for (int i = 0; i < object.units().count(); i++) {
            UnitHeader header = object.header(object.units().start(i));
            if (header.isTypeUnit()) {
                add(object, header, headers);
            }
        }
        for (int i = 0; i < object.typeUnits().count(); i++) {
            UnitHeader header = object.typeHeader(i);
            add(object, header, headers);
        }
    }

    private static void add(DwarfObject object, UnitHeader header, Map<Long, UnitHeader> headers)
            throws MalformedBinaryException {
        object.kept().take(UNIT_BYTES, "type units");
        headers.putIfAbsent(header.id(), header);
    }
}
