package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.ByteExtent;
import dev.stackmapd.elfcore.bytes.Cursor;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import org.jspecify.annotations.Nullable;

/// One unit: its header, its unit DIE, and the bases of indexed forms that turn raw attribute values
/// into addresses and text (DWARF 5, 7.26 to 7.29); for a split unit also those of its skeleton.
///
/// Immutable and thread-safe; valid until its files are closed.
final class Unit {
    private final DwarfFiles files;
    private final DwarfObject object;
    private final UnitHeader header;
    private final Contribution contribution;
    private final @Nullable Unit skeleton;
    private final DieValues root = new DieValues();
    private final int rootTag;
    private boolean hasChildDies;

    private Unit(
            DwarfFiles files,
            DwarfObject object,
            UnitHeader header,
            Contribution contribution,
            @Nullable Unit skeleton,
            ReadBudget budget)
            throws MalformedBinaryException {
        this.files = files;
        this.object = object;
        this.header = header;
        this.contribution = contribution;
        this.skeleton = skeleton;
        this.rootTag = readRoot(budget);
    }

    static Unit read(DwarfFiles files, DwarfObject object, UnitHeader header, ReadBudget budget)
            throws MalformedBinaryException {
        return new Unit(files, object, header, Contribution.NONE, null, budget);
    }

    /// @param skeleton the unit in the linked file that this one was split from
    static Unit readSplit(
            DwarfFiles files,
            DwarfObject object,
            UnitHeader header,
            Contribution contribution,
            Unit skeleton,
            ReadBudget budget)
            throws MalformedBinaryException {
        return new Unit(files, object, header, contribution, skeleton, budget);
    }

    private int readRoot(ReadBudget budget) throws MalformedBinaryException {
        Cursor at = dies();
        at.moveTo(header.firstDie(), "unit DIE");
        long code = at.uleb128("abbreviation code");
        if (code == 0) {
            return 0;
        }
        long heldBefore = budget.bytes();
        Abbreviation abbreviation;
        try {
            abbreviation = AbbreviationTable.readSingle(
                    object.sections().abbreviations(),
                    abbreviationsOffset(),
                    code,
                    header.encoding(),
                    object.limits(),
                    budget);
        } finally {
            budget.giveBack(budget.bytes() - heldBefore);
        }
        abbreviation.read(at, root);
        hasChildDies = abbreviation.hasChildren();
        return abbreviation.tag();
    }

    /// Returns true if the unit DIE has children. That of a skeleton has them if the compiler kept the
    /// functions with inlined calls there (`-fsplit-dwarf-inlining`).
    boolean hasChildDies() {
        return hasChildDies;
    }

    private long abbreviationsOffset() {
        return header.abbreviations() + contribution.abbreviations();
    }

    DwarfFiles files() {
        return files;
    }

    DwarfObject object() {
        return object;
    }

    UnitHeader header() {
        return header;
    }

    Encoding encoding() {
        return header.encoding();
    }

    /// Returns the attribute values of the unit DIE. Callers must not change them.
    DieValues root() {
        return root;
    }

    int rootTag() {
        return rootTag;
    }

    /// Returns true if the unit DIE is that of a compiled unit and its ranges hold an address. Bytes
    /// that only look like a unit do not have such a DIE.
    boolean claims(long address, ReadBudget budget) {
        if (rootTag != Dw.TAG_COMPILE_UNIT && rootTag != Dw.TAG_SKELETON_UNIT) {
            return false;
        }
        Holding holding = new Holding(address);
        try {
            new RangeReader(this, budget).read(root, holding);
        } catch (MalformedBinaryException e) {
            return false;
        }
        return holding.found;
    }

    private static final class Holding implements RangeSink {
        private final long address;
        private boolean found;

        Holding(long address) {
            this.address = address;
        }

        @Override
        public void range(long low, long high) {
            found |= Long.compareUnsigned(low, address) <= 0 && Long.compareUnsigned(address, high) < 0;
        }
    }

    AbbreviationTable abbreviations(ReadBudget budget) throws MalformedBinaryException {
        return object.abbreviations(abbreviationsOffset(), header.encoding(), budget);
    }

    /// Returns a cursor over the section that has the unit's DIEs, up to the end of the unit.
    Cursor dies() throws MalformedBinaryException {
        return section().part(0, header.end(), "unit").cursor();
    }

    private ByteExtent section() throws MalformedBinaryException {
        boolean inTypes = header.encoding().version() < 5 && header.isTypeUnit();
        return inTypes ? object.sections().types() : object.info();
    }

    /// Returns the name of the section of the DIEs for errors.
    String source() {
        return object.info().source();
    }

    /// Returns true if this is a skeleton unit, whose DIEs are in a split unit of another file.
    boolean isSkeleton() {
        return skeleton == null
                && root.has(Slot.DWO_NAME)
                && (header.type() == Dw.UT_SKELETON || root.has(Slot.DWO_ID));
    }

    /// Returns the id that a skeleton and its split unit share.
    long splitId() {
        return header.encoding().version() >= 5 || !root.has(Slot.DWO_ID) ? header.id() : root.value(Slot.DWO_ID);
    }

    SourceLanguage language() {
        return root.has(Slot.LANGUAGE) ? SourceLanguage.of(root.value(Slot.LANGUAGE)) : SourceLanguage.UNKNOWN;
    }

    /// Returns the directory in which the unit was compiled. For a split unit it is that of the
    /// skeleton; empty where neither has one.
    String directory() throws MalformedBinaryException {
        return skeleton == null || root.has(Slot.COMP_DIR) ? text(root, Slot.COMP_DIR) : skeleton.directory();
    }

    boolean hasDirectory() {
        return root.has(Slot.COMP_DIR) || (skeleton != null && skeleton.hasDirectory());
    }

    /// Returns true if the unit has a line program.
    boolean hasLines() {
        return root.has(Slot.STMT_LIST);
    }

    /// Returns the default base address of the ranges of this unit.
    long baseAddress() throws MalformedBinaryException {
        Unit of = skeleton == null ? this : skeleton;
        int slot = of.root.has(Slot.LOW_PC) ? Slot.LOW_PC : Slot.ENTRY_PC;
        return of.root.has(slot) ? of.address(of.root, slot) : 0;
    }

    /// Returns the lowest address at which the linked file has code.
    long lowestCode() {
        return skeleton == null ? object.lowestCode() : skeleton.object.lowestCode();
    }

    /// Returns `.debug_ranges`, which is always in the linked file.
    ByteExtent rangesBeforeVersion5() throws MalformedBinaryException {
        return skeleton == null
                ? object.sections().ranges()
                : skeleton.object.sections().ranges();
    }

    /// Returns the base of offsets of range lists before DWARF 5. For GNU's split units it is an
    /// attribute of the skeleton.
    long rangesBase() {
        return skeleton != null && skeleton.root.has(Slot.GNU_RANGES_BASE)
                ? skeleton.root.value(Slot.GNU_RANGES_BASE)
                : 0;
    }

    /// Returns the offset in `.debug_rnglists` of the table that `DW_FORM_rnglistx` indexes.
    long rangeListsBase() {
        long headerBytes = header.encoding().offsetBytes() == Long.BYTES ? 20 : 12;
        return contribution.rangeLists()
                + (root.has(Slot.RNGLISTS_BASE) ? root.value(Slot.RNGLISTS_BASE) : headerBytes);
    }

    /// Returns the base of plain offsets into `.debug_rnglists`.
    long rangeListsStart() {
        return contribution.rangeLists();
    }

    /// Returns the value of an address attribute, direct or by index.
    long address(DieValues values, int slot) throws MalformedBinaryException {
        long value = values.value(slot);
        return Form.isAddressIndex(values.form(slot)) ? indexedAddress(value) : value;
    }

    /// Returns an entry of `.debug_addr`, which is always in the linked file.
    long indexedAddress(long index) throws MalformedBinaryException {
        Unit of = skeleton == null ? this : skeleton;
        long headerBytes = header.encoding().version() < 5 ? 0 : 8;
        long base = of.root.has(Slot.ADDR_BASE) ? of.root.value(Slot.ADDR_BASE) : headerBytes;
        Cursor at = of.object.sections().addresses().cursor();
        at.moveTo(indexed(base, index, header.encoding().addressBytes(), at), "address index");
        return header.encoding().address(at, "indexed address");
    }

    /// Returns a text attribute; empty where the DIE does not have it.
    String text(DieValues values, int slot) throws MalformedBinaryException {
        return values.has(slot) ? text(values.form(slot), values.value(slot)) : "";
    }

    /// Returns the text of a raw value of a string form.
    String text(int form, long value) throws MalformedBinaryException {
        if (Form.isStringIndex(form)) {
            return text(object.sections().strings(), indexedString(value));
        }
        return switch (form) {
            case Dw.FORM_STRING -> text(section(), value);
            case Dw.FORM_STRP -> text(object.sections().strings(), value);
            case Dw.FORM_LINE_STRP -> text(object.sections().lineStrings(), value);
            case Dw.FORM_STRP_SUP, Dw.FORM_GNU_STRP_ALT ->
                text(files.alternate().sections().strings(), value);
            default -> throw dies().malformed("form 0x" + Integer.toHexString(form) + " is not a string");
        };
    }

    /// Returns an inline string of `.debug_line`.
    String lineText(long offset) throws MalformedBinaryException {
        return text(object.sections().lines(), offset);
    }

    /// Returns true if the header of a line program lists files for the unit. A split unit may have such
    /// a header although it has no line program.
    boolean hasFiles() throws MalformedBinaryException {
        return skeleton == null
                ? hasLines()
                : contribution.lines() != Contribution.NO_LINES
                        && object.sections().lines().size() > 0;
    }

    /// Returns the offset of the header that lists the unit's files. For a split unit without the
    /// attribute it is the first header of its file. Call it only if [#hasFiles] returns true.
    long lineHeaderOffset() {
        return (hasLines() ? root.value(Slot.STMT_LIST) : 0) + contribution.lines();
    }

    /// Returns the header that lists its files.
    LineHeader lineHeader(ReadBudget budget) throws MalformedBinaryException {
        Cursor at = object.sections().lines().cursor();
        at.moveTo(lineHeaderOffset(), "DW_AT_stmt_list");
        return LineHeader.read(at, this, budget);
    }

    private String text(ByteExtent strings, long offset) throws MalformedBinaryException {
        Cursor at = strings.cursor();
        at.moveTo(offset, "string offset");
        return at.string(object.limits().maxStringBytes(), "string");
    }

    private long indexedString(long index) throws MalformedBinaryException {
        Encoding encoding = header.encoding();
        long headerBytes = encoding.version() < 5 ? 0 : encoding.offsetBytes() == Long.BYTES ? 16 : 8;
        long base = contribution.stringOffsets()
                + (root.has(Slot.STR_OFFSETS_BASE) ? root.value(Slot.STR_OFFSETS_BASE) : headerBytes);
        Cursor at = object.sections().stringOffsets().cursor();
        at.moveTo(indexed(base, index, encoding.offsetBytes(), at), "string index");
        return encoding.offset(at, "string offset");
    }

    private static long indexed(long base, long index, int width, Cursor at) throws MalformedBinaryException {
        if (index < 0 || index > at.remaining()) {
            throw at.malformed("index is " + Long.toUnsignedString(index));
        }
        return base + index * width;
    }
}
