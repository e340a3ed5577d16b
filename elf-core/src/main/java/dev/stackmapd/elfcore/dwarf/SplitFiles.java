package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder.Wanted;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The split units of one linked file: from its package if there is one, else from one file each (DWARF 5, 7.3).
///
/// Every file is asked for once, found or not. Thread-safe; who needs a unit while another thread opens it waits.
final class SplitFiles {
    private final DwarfFiles files;
    private final Map<Long, DwarfObject> objects = new HashMap<>();
    private final Map<Long, MalformedBinaryException> missing = new HashMap<>();
    private Optional<PackageFile> packageFile = Optional.empty();
    private boolean askedForPackage;

    SplitFiles(DwarfFiles files) {
        this.files = files;
    }

    /// The unit that a skeleton stands for.
    synchronized Unit find(Unit skeleton, WorkBudget budget) throws MalformedBinaryException {
        long id = skeleton.splitId();
        Optional<PackageFile> inPackage = packageFile();
        if (inPackage.isPresent() && inPackage.get().has(id)) {
            return inPackage.get().unit(files, skeleton, budget);
        }
        MalformedBinaryException before = missing.get(id);
        if (before != null) {
            throw before;
        }
        try {
            return unitWithId(single(skeleton), skeleton, budget);
        } catch (MalformedBinaryException e) {
            missing.put(id, e);
            throw e;
        }
    }

    private Optional<PackageFile> packageFile() throws MalformedBinaryException {
        if (!askedForPackage) {
            // Asked for once, also if it cannot be read.
            askedForPackage = true;
            Optional<ElfFile> found = files.find(new Wanted.SplitPackage());
            if (found.isPresent()) {
                packageFile = Optional.of(PackageFile.read(new DwarfObject(DwarfSections.split(found.get()))));
            }
        }
        return packageFile;
    }

    private DwarfObject single(Unit skeleton) throws MalformedBinaryException {
        long id = skeleton.splitId();
        DwarfObject known = objects.get(id);
        if (known != null) {
            return known;
        }
        String name = skeleton.text(skeleton.root(), Slot.DWO_NAME);
        ElfFile found = files.find(new Wanted.SplitUnit(name, skeleton.directory(), id))
                .orElseThrow(() -> new MalformedBinaryException(
                        skeleton.source(),
                        skeleton.header().offset(),
                        "split file %s with id 0x%x was not found".formatted(name, id)));
        DwarfObject opened = new DwarfObject(DwarfSections.split(found));
        objects.put(id, opened);
        return opened;
    }

    /// Whether a file has the split unit of an id, as far as its units can be read.
    static boolean holds(ElfFile file, long id) throws MalformedBinaryException {
        DwarfObject object = new DwarfObject(DwarfSections.split(file));
        WorkBudget budget = new WorkBudget(object.limits().maxLookUpWork());
        try (DwarfFiles alone = new DwarfFiles(object, DebugFileFinder.NONE)) {
            for (int i = 0; i < object.units().count(); i++) {
                UnitHeader header = object.header(object.units().start(i));
                if (!header.isTypeUnit()
                        && Unit.read(alone, object, header, budget).splitId() == id) {
                    return true;
                }
            }
        }
        return false;
    }

    private Unit unitWithId(DwarfObject object, Unit skeleton, WorkBudget budget) throws MalformedBinaryException {
        for (int i = 0; i < object.units().count(); i++) {
            UnitHeader header = object.header(object.units().start(i));
            if (!header.isTypeUnit()) {
                Unit unit = Unit.readSplit(files, object, header, Contribution.NONE, skeleton, budget);
                if (unit.splitId() == skeleton.splitId()) {
                    return unit;
                }
            }
        }
        throw new MalformedBinaryException(
                object.info().source(), 0, "has no unit with id 0x" + Long.toHexString(skeleton.splitId()));
    }
}
