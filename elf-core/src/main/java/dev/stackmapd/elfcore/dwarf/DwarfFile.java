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
/// A look-up decodes only what it needs: once, the address ranges of the units; then the line rows and
/// functions of one unit, and the inlined calls of one function. Decoded tables are cached within
/// [dev.stackmapd.elfcore.bytes.DwarfLimits#maxCachedEntries()]. Only a damaged part itself is lost, and
/// the answer says so. A table that exceeds the limits of one look-up is not decoded again; where this
/// happens too often, look-ups in the file return no answer any more.
///
/// It owns the files that the finder returns, but not the file that it was opened for. Thread-safe until
/// it is closed.
public final class DwarfFile implements AutoCloseable {
    private static final SkippedPart GIVEN_UP = new SkippedPart(
            SkippedPart.Scope.UNITS,
            new LackingPart(LackingPart.Kind.SECTION, ".debug_info", LackingPart.Reason.TOO_LARGE),
            "too many of its tables exceed the memory or steps of one look-up");

    private final DwarfFiles files;
    private final SplitFiles split;
    private long wasted;
    private volatile @Nullable UnitRanges listed;
    private volatile @Nullable UnitRanges fromUnitDies;

    private DwarfFile(DwarfObject main, DebugFileFinder finder) {
        this.files = new DwarfFiles(main, finder);
        this.split = new SplitFiles(files);
    }

    /// Opens the debug information of a file. Throws only if `.debug_info` itself cannot be read, e.g.
    /// not inflated.
    ///
    /// @param file stays open as long as this is used
    public static DwarfFile open(ElfFile file, DebugFileFinder finder) throws MalformedBinaryException {
        return new DwarfFile(new DwarfObject(DwarfSections.of(file)), finder);
    }

    /// Returns the link to the file into which `dwz` moved shared parts (`.gnu_debugaltlink`); empty
    /// where there is none.
    public Optional<DebugFileFinder.Query.Alternate> alternateLink() throws MalformedBinaryException {
        return files.alternateLink();
    }

    /// Returns the alternate file as a missing part if it is linked but cannot be used; else empty.
    /// Queries the finder unless that was done before.
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

    /// Returns the number of units in `.debug_info`; 0 where the file has no debug information.
    public int unitCount() {
        return files.main().units().count();
    }

    /// Returns the heap that cached tables take at most, in bytes, accurate to some ten percent.
    public long maxHeapBytes() {
        return files.main().limits().cacheBytes() + files.main().limits().maxKeptBytes();
    }

    /// Looks up the functions, files and lines of the code at an address.
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

    /// Returns the steps that look-ups have spent on tables that were not kept.
    synchronized long wasted() {
        return wasted;
    }

    private boolean isGivenUp() {
        return wasted() > files.main().limits().maxWastedWork();
    }

    private synchronized void waste(long steps) {
        wasted += steps;
    }

    /// Passes all debug information about code to a visitor. Decodes everything once and caches nothing.
    ///
    /// @param budget for what is read of one unit at a time, and for all steps; once it is exceeded, the
    ///     walk ends
    public void walk(DwarfVisitor visitor, ReadBudget budget) {
        new Walk(files, split, visitor, budget).run();
    }

    /// Returns the source files that the units name in the headers of their line programs. Line programs
    /// are not run, so a file that only one of them defines (`DW_LNE_define_file`) is not found. The
    /// alternate file of `dwz` is used for strings only: its own units also name files of other
    /// programs.
    public SourceNames sourceNames() {
        return new SourceNameReader(files, split).read();
    }

    /// Looks the address up in the units that claim it, until one has an answer. Returns true if any
    /// unit claims the address.
    ///
    /// A linker that keeps one of several equal functions lets the units of all of them claim it; the
    /// first unit of the section answers. An offset at which no unit begins is ignored.
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

    /// Closes the files that were found for this one. A later look-up may throw `IllegalStateException`.
    @Override
    public void close() {
        files.close();
    }
}
