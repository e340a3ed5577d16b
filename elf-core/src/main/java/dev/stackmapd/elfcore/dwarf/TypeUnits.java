package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import java.util.HashMap;
import java.util.Map;

/// Type units by signature (`DW_FORM_ref_sig8`; DWARF 5, 7.32): of `.debug_info`, and of `.debug_types` before DWARF
/// 5.
///
/// Headers are gone through once for each file, when the first signature is looked for. Thread-safe.
final class TypeUnits {
    private final DwarfFiles files;
    private final Map<DwarfObject, Map<Long, UnitHeader>> bySignature = new HashMap<>();

    TypeUnits(DwarfFiles files) {
        this.files = files;
    }

    synchronized EntryReference find(DwarfObject object, long signature, WorkBudget budget)
            throws MalformedBinaryException {
        Map<Long, UnitHeader> known = bySignature.get(object);
        if (known == null) {
            budget.spend(object.units().count(), object.info().source());
            known = read(object);
            bySignature.put(object, known);
        }
        UnitHeader header = known.get(signature);
        if (header == null) {
            throw new MalformedBinaryException(
                    object.info().source(), 0, "no type unit has signature 0x" + Long.toHexString(signature));
        }
        return new EntryReference(Unit.read(files, object, header, budget), header.offset() + header.typeOffset());
    }

    private static Map<Long, UnitHeader> read(DwarfObject object) throws MalformedBinaryException {
        Map<Long, UnitHeader> headers = new HashMap<>();
        for (int i = 0; i < object.units().count(); i++) {
            UnitHeader header = object.header(object.units().start(i));
            if (header.isTypeUnit()) {
                headers.putIfAbsent(header.id(), header);
            }
        }
        for (int i = 0; i < object.typeUnits().count(); i++) {
            UnitHeader header = object.typeHeader(i);
            headers.putIfAbsent(header.id(), header);
        }
        return headers;
    }
}
