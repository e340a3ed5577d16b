package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder.Query;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The split units of one linked file: from a package if one has them, else from one file each (DWARF 5,
/// 7.3).
///
/// Each unit is looked for in every place: a package that is damaged, or has something else under a
/// unit's id, does no harm as long as another package or the unit's own file is correct. The finder is
/// queried once for every file, found or not. Thread-safe; a thread that needs a unit while another one
/// opens it waits.
final class SplitFiles {
    /// The file's own package, one beside it, one beside its executable, one that was uploaded, and as
    /// many again.
    private static final int MAX_PACKAGES = 8;
    /// Heap of a missing unit, without its name.
    private static final int LACKING_BYTES = 400;

    private final DwarfFiles files;
    private final Map<Long, DwarfObject> objects = new HashMap<>();
    private final Map<Long, LackingPartException> lacking = new HashMap<>();
    private final List<PackageFile> packages = new ArrayList<>();
    private Optional<MalformedBinaryException> packageDamage = Optional.empty();
    private Optional<LackingPartException> tooMany = Optional.empty();
    private boolean askedForPackages;

    SplitFiles(DwarfFiles files) {
        this.files = files;
    }

    /// Returns the split unit of a skeleton.
    synchronized Unit find(Unit skeleton, ReadBudget budget) throws MalformedBinaryException {
        long id = skeleton.splitId();
        LackingPartException before = lacking.get(id);
        if (before != null) {
            throw before;
        }
        openPackages();
        Optional<MalformedBinaryException> damage = packageDamage;
        for (PackageFile each : packages) {
            if (each.has(id)) {
                try {
                    return each.unit(files, skeleton, budget);
                } catch (MalformedBinaryException e) {
                    damage = Optional.of(e);
                }
            }
        }
        if (tooMany.isPresent()) {
            throw tooMany.get();
        }
        try {
            return unitWithId(single(skeleton), skeleton, budget);
        } catch (MalformedBinaryException e) {
            LackingPartException why = lacking(skeleton, e, damage);
            throw remembered(id, why);
        }
    }

    /// Remembers why a unit is missing. If there are too many to remember, no others are looked for,
    /// because each attempt queries several files.
    private LackingPartException remembered(long id, LackingPartException why) {
        try {
            files.main().kept().take(LACKING_BYTES + why.part().name().length(), "split units that lack");
            lacking.put(id, why);
        } catch (MalformedBinaryException e) {
            LackingPart part = new LackingPart(LackingPart.Kind.DWO, why.part().name(), LackingPart.Reason.TOO_LARGE);
            tooMany = Optional.of(new LackingPartException(part, e.source(), e.offset(), e.reason()));
        }
        return why;
    }

    private void openPackages() {
        if (askedForPackages) {
            return;
        }
        askedForPackages = true;
        if (files.main().hasPackage()) {
            open(files.main().sections().file());
        }
        boolean more = true;
        for (int rank = 0; more && rank < MAX_PACKAGES; rank++) {
            try {
                Optional<ElfFile> found = files.find(new Query.SplitPackage(rank));
                found.ifPresent(this::open);
                more = found.isPresent();
            } catch (MalformedBinaryException e) {
                packageDamage = Optional.of(e);
            }
        }
    }

    private void open(ElfFile file) {
        try {
            packages.add(PackageFile.read(new DwarfObject(DwarfSections.split(file))));
        } catch (MalformedBinaryException e) {
            packageDamage = Optional.of(e);
        }
    }

    /// Returns the file of one split unit. Throws if there is none or it is damaged.
    private DwarfObject single(Unit skeleton) throws MalformedBinaryException {
        long id = skeleton.splitId();
        DwarfObject known = objects.get(id);
        if (known != null) {
            return known;
        }
        String name = skeleton.text(skeleton.root(), Slot.DWO_NAME);
        ElfFile found = files.find(new Query.SplitUnit(name, skeleton.directory(), id))
                .orElseThrow(() -> new LackingPartException(
                        new LackingPart(LackingPart.Kind.DWO, lastName(name), LackingPart.Reason.MISSING),
                        skeleton.source(),
                        skeleton.header().offset(),
                        "split file %s with id 0x%x was not found".formatted(name, id)));
        DwarfObject opened = new DwarfObject(DwarfSections.split(found));
        objects.put(id, opened);
        return opened;
    }

    /// Returns the error for a unit that is found nowhere. A damaged file is reported rather than a
    /// missing one.
    private static LackingPartException lacking(
            Unit skeleton, MalformedBinaryException why, Optional<MalformedBinaryException> packageDamage) {
        if (why instanceof LackingPartException missing && packageDamage.isEmpty()) {
            return missing;
        }
        MalformedBinaryException damage = why instanceof LackingPartException ? packageDamage.orElse(why) : why;
        LackingPart.Kind kind = why instanceof LackingPartException ? LackingPart.Kind.DWP : LackingPart.Kind.DWO;
        LackingPart.Reason reason =
                damage instanceof OverLimitException ? LackingPart.Reason.TOO_LARGE : LackingPart.Reason.DAMAGED;
        return new LackingPartException(
                new LackingPart(kind, dwoName(skeleton), reason), damage.source(), damage.offset(), damage.reason());
    }

    private static String dwoName(Unit skeleton) {
        try {
            return lastName(skeleton.text(skeleton.root(), Slot.DWO_NAME));
        } catch (MalformedBinaryException e) {
            return "";
        }
    }

    /// Returns the last name of a path. Compilers on Windows separate names by backslashes.
    private static String lastName(String path) {
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }

    /// Returns true if a file has the split unit of an id. Units that cannot be read are ignored.
    static boolean holds(ElfFile file, long id) throws MalformedBinaryException {
        DwarfObject object = new DwarfObject(DwarfSections.split(file));
        ReadBudget budget =
                new ReadBudget(object.limits().maxLookUpBytes(), object.limits().maxLookUpWork());
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

    private Unit unitWithId(DwarfObject object, Unit skeleton, ReadBudget budget) throws MalformedBinaryException {
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
