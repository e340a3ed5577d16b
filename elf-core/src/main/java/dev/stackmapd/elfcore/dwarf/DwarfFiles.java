package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import dev.stackmapd.elfcore.dwarf.DebugFileFinder.Query;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The linked file and the alternate file of `dwz`, to which references and strings of its units may
/// lead.
///
/// It owns the files that the finder returned. Thread-safe; a thread that needs the alternate file waits
/// while another thread opens it.
final class DwarfFiles implements AutoCloseable {
    private static final String ALTERNATE = "alternate file";

    private static final String LINK = ".gnu_debugaltlink";

    private final DwarfObject main;
    private final DebugFileFinder finder;
    private final UnitCache units;
    private final TypeUnits types;
    private final List<ElfFile> owned = new ArrayList<>();
    private @Nullable DwarfObject alternate;
    private @Nullable LackingPartException noAlternate;

    DwarfFiles(DwarfObject main, DebugFileFinder finder) {
        this.main = main;
        this.finder = finder;
        this.units = new UnitCache(this, main.limits().maxCachedEntries());
        this.types = new TypeUnits(this);
    }

    DwarfObject main() {
        return main;
    }

    UnitCache units() {
        return units;
    }

    /// Queries the finder for a file. It is closed together with this object.
    synchronized Optional<ElfFile> find(Query query) throws MalformedBinaryException {
        try {
            Optional<ElfFile> found = finder.find(query);
            found.ifPresent(owned::add);
            return found;
        } catch (IOException e) {
            throw new MalformedBinaryException(
                    main.sections().file().source(), 0, "cannot read " + query + ": " + e.getMessage());
        }
    }

    /// Returns the alternate file. Whether it can be opened is decided once; later calls throw the same
    /// error.
    synchronized DwarfObject alternate() throws MalformedBinaryException {
        if (alternate == null && noAlternate == null) {
            try {
                alternate = openAlternate();
            } catch (MalformedBinaryException e) {
                noAlternate =
                        new LackingPartException(lacking(e), e.source(), e.offset(), ALTERNATE + ": " + e.reason());
            }
        }
        if (alternate == null) {
            throw requireCause();
        }
        return alternate;
    }

    private MalformedBinaryException requireCause() {
        if (noAlternate == null) {
            throw new IllegalStateException("there is neither an alternate file nor a reason");
        }
        return noAlternate;
    }

    private LackingPart lacking(MalformedBinaryException why) {
        LackingPart.Reason reason = why instanceof LackingPartException lacking
                ? lacking.part().reason()
                : why instanceof OverLimitException ? LackingPart.Reason.TOO_LARGE : LackingPart.Reason.DAMAGED;
        return new LackingPart(LackingPart.Kind.DWZ, alternateName(), reason);
    }

    private String alternateName() {
        try {
            return alternateLink().map(link -> link.buildId().hex()).orElse("");
        } catch (MalformedBinaryException e) {
            return "";
        }
    }

    /// Returns the DIE that a reference leads to (DWARF 5, 7.5.5).
    ///
    /// @param from the unit whose DIE has the reference
    DieReference follow(Unit from, int form, long value, ReadBudget budget) throws MalformedBinaryException {
        return switch (form) {
            case Dw.FORM_REF1, Dw.FORM_REF2, Dw.FORM_REF4, Dw.FORM_REF8, Dw.FORM_REF_UDATA ->
                inside(from, from.header().offset() + value);
            case Dw.FORM_REF_ADDR -> inSection(from, from.object(), value, budget);
            case Dw.FORM_GNU_REF_ALT, Dw.FORM_REF_SUP4, Dw.FORM_REF_SUP8 -> inSection(from, alternate(), value, budget);
            case Dw.FORM_REF_SIG8 -> types.find(from.object(), value, budget);
            default -> throw from.dies().malformed("form 0x" + Integer.toHexString(form) + " is not a reference");
        };
    }

    /// Returns the DIE at an offset of a section, in the given unit if it lies there.
    DieReference atKey(Unit from, long offset, ReadBudget budget) throws MalformedBinaryException {
        boolean inside =
                offset >= from.header().firstDie() && offset < from.header().end();
        return inside ? new DieReference(from, offset) : inSection(from, from.object(), offset, budget);
    }

    private static DieReference inside(Unit unit, long offset) throws MalformedBinaryException {
        if (offset < unit.header().firstDie() || offset >= unit.header().end()) {
            throw unit.dies().malformed("a reference leads to 0x" + Long.toHexString(offset) + ", outside its unit");
        }
        return new DieReference(unit, offset);
    }

    private DieReference inSection(Unit from, DwarfObject object, long offset, ReadBudget budget)
            throws MalformedBinaryException {
        int number = object.units().holding(offset);
        if (number == UnitOffsets.NONE) {
            throw from.dies().malformed("a reference leads to 0x" + Long.toHexString(offset) + ", outside all units");
        }
        long start = object.units().start(number);
        boolean same = start == from.header().offset() && from.object().equals(object);
        return inside(same ? from : units.get(object, start, budget), offset);
    }

    private DwarfObject openAlternate() throws MalformedBinaryException {
        String source = main.sections().file().source();
        Query.Alternate link =
                alternateLink().orElseThrow(() -> new MalformedBinaryException(source, 0, "has no " + LINK));
        ElfFile found = find(link)
                .orElseThrow(() -> new LackingPartException(
                        new LackingPart(LackingPart.Kind.DWZ, link.buildId().hex(), LackingPart.Reason.MISSING),
                        source,
                        0,
                        "no file with build-id " + link.buildId() + " was found"));
        if (!(found.buildId() instanceof BuildIdSearch.Found is)
                || !is.buildId().equals(link.buildId())) {
            throw new MalformedBinaryException(
                    source, 0, "the file found for build-id " + link.buildId() + " has another");
        }
        return new DwarfObject(DwarfSections.of(found));
    }

    /// Returns the link to the alternate file; empty where the file has none.
    Optional<Query.Alternate> alternateLink() throws MalformedBinaryException {
        Optional<ByteExtent> section = main.sections().file().debugSection(LINK);
        if (section.isEmpty()) {
            return Optional.empty();
        }
        Cursor link = section.get().cursor();
        String name = link.string(main.limits().maxStringBytes(), "file name");
        if (link.remaining() == 0 || link.remaining() > BuildId.MAX_BYTES) {
            throw link.malformed("the build-id has " + link.remaining() + " bytes");
        }
        return Optional.of(new Query.Alternate(name, BuildId.of(link.take((int) link.remaining(), "build-id"))));
    }

    @Override
    public synchronized void close() {
        owned.forEach(ElfFile::close);
        owned.clear();
    }
}
