package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ReadBudget;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The debug information of one file: which functions, files and lines an address is.
///
/// A look-up decodes what it needs and no more: once, which code the units have; then the line rows and functions
/// of the one unit, and the inlined calls of the one function. What was decoded stays, within
/// [dev.stackmapd.elfcore.bytes.DwarfLimits#maxCachedEntries()]. Damage costs only the part that is damaged, and
/// the answer says so. A table that takes more than one look-up may is not read again; where too many of them
/// do, the file is not asked any more.
///
/// Owns the files that it asks the finder for, not the one it was made of. Thread-safe until it is closed.
public final class DwarfFile implements AutoCloseable {
    private static final SkippedPart GIVEN_UP = new SkippedPart(
            SkippedPart.Scope.UNITS,
            new LackingPart(LackingPart.Kind.SECTION, ".debug_info", LackingPart.Reason.TOO_LARGE),
            "too much of it takes more memory or steps than one look-up may");

    private final DwarfFiles files;
    private final SplitFiles split;
    private long wasted;
    private volatile @Nullable UnitRanges listed;
    private volatile @Nullable UnitRanges fromUnitDies;

    private DwarfFile(DwarfObject main, DebugFileFinder finder) {
        this.files = new DwarfFiles(main, finder);
        this.split = new SplitFiles(files);
    }

    /// Fails only if `.debug_info` itself cannot be read, e.g. inflated.
    ///
    /// @param file stays open as long as this is used
    public static DwarfFile open(ElfFile file, DebugFileFinder finder) throws MalformedBinaryException {
        return new DwarfFile(new DwarfObject(DwarfSections.of(file)), finder);
    }

    /// The file that `dwz` put shared parts into, as `.gnu_debugaltlink` names it; empty where nothing was shared.
    public Optional<DebugFileFinder.Query.Alternate> alternateLink() throws MalformedBinaryException {
        return files.alternateLink();
    }

    /// Why that file cannot be had, if it is named; asks for it unless that was done before.
    public Optional<LackingPart> lackingAlternate() throws MalformedBinaryException {
        if (alternateLink().isEmpty()) {
            return Optional.empty();
        }
        try {
            var _ = files.alternate();
            return Optional.empty();
        } catch (LackingPartException e) {
            return Optional.of(e.part());
        }
    }

    /// Units of `.debug_info`; 0 where the file has no debug information.
    public int unitCount() {
        return files.main().units().count();
    }

    /// Heap that look-ups come to hold on to at most, bytes, to some ten percent.
    public long maxHeapBytes() {
        return files.main().limits().cacheBytes() + files.main().limits().maxKeptBytes();
    }

    /// What is known of the code at an address.
    public DwarfAnswer lookup(ElfAddress address) {
        Skips skips = new Skips();
        if (isGivenUp()) {
            skips.add(GIVEN_UP);
            return new DwarfAnswer.Missing(DwarfAnswer.Cause.NO_FUNCTION_OR_LINE, skips.list());
        }
        LookUp lookUp = new LookUp(address.value(), files.main().limits(), skips);
        try {
            return answer(lookUp, skips);
        } finally {
            waste(lookUp.budget().wasted());
        }
    }

    private DwarfAnswer answer(LookUp lookUp, Skips skips) {
        boolean inUnit = lookIn(listed(), lookUp);
        if (!inUnit) {
            inUnit = lookIn(fromUnitDies(), lookUp);
            if (!inUnit) {
                skips.addAll(files.main().units().skips());
                skips.addAll(fromUnitDies().skips());
            }
            if (unitCount() == 0) {
                return new DwarfAnswer.Missing(DwarfAnswer.Cause.NO_DEBUG_INFORMATION, skips.list());
            }
        }
        List<DwarfFrame> frames = lookUp.frames();
        if (frames.isEmpty()) {
            return new DwarfAnswer.Missing(
                    inUnit ? DwarfAnswer.Cause.NO_FUNCTION_OR_LINE : DwarfAnswer.Cause.NO_UNIT, skips.list());
        }
        return new DwarfAnswer.Found(frames, skips.list());
    }

    /// Steps that look-ups have spent on what was not kept.
    synchronized long wasted() {
        return wasted;
    }

    private boolean isGivenUp() {
        return wasted() > files.main().limits().maxWastedWork();
    }

    private synchronized void waste(long steps) {
        wasted += steps;
    }

    /// Shows a visitor everything that is said of code, decoding each thing once and keeping none of it.
    ///
    /// @param budget for what is read of one unit at a time, and for all steps; once it is exceeded, the walk
    ///     ends
    public void walk(DwarfVisitor visitor, ReadBudget budget) {
        new Walk(files, split, visitor, budget).run();
    }

    /// The source files that its units name in the headers of their line programs. Line programs are not run, so a
    /// file that only one of them defines (`DW_LNE_define_file`) is not found. The alternate file of `dwz` is asked
    /// for text only: its own units name files of other programs too.
    public SourceNames sourceNames() {
        return new SourceNameReader(files, split).read();
    }

    /// Asks the units that claim the address, until one knows something. Whether any claims it.
    ///
    /// A linker that keeps one of several equal functions lets the units of all of them claim it; the first unit of
    /// the section answers. An offset where no unit begins claims nothing.
    private boolean lookIn(UnitRanges units, LookUp lookUp) {
        boolean claimed = false;
        long[] claimants = units.at(lookUp.address());
        for (int i = 0; i < claimants.length && !lookUp.isOver(); i++) {
            long stepsBefore = lookUp.budget().steps();
            try {
                lookUp.in(files.units().code(claimants[i], split, lookUp));
                claimed = true;
            } catch (MalformedBinaryException e) {
                lookUp.budget().waste(stepsBefore);
                boolean exists = files.main().hasUnitAt(claimants[i]);
                claimed |= exists;
                lookUp.skips().add(exists ? SkippedPart.Scope.UNIT : SkippedPart.Scope.UNIT_RANGES, e);
            }
        }
        return claimed;
    }

    private UnitRanges listed() {
        UnitRanges known = listed;
        if (known == null) {
            known = UnitRanges.listed(files);
            listed = known;
        }
        return known;
    }

    private UnitRanges fromUnitDies() {
        UnitRanges known = fromUnitDies;
        if (known == null) {
            known = UnitRanges.fromUnitDies(files);
            fromUnitDies = known;
        }
        return known;
    }

    /// Closes the files that were found for this one. A look-up that comes later may fail with an
    /// `IllegalStateException`.
    @Override
    public void close() {
        files.close();
    }
}
