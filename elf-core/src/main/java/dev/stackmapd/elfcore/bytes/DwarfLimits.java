package dev.stackmapd.elfcore.bytes;

/// How far the debug information of one untrusted file may push us. Counts are of things read, not of things
/// claimed.
///
/// @param maxUnits units of one section; an honest one has at least 11 bytes, a 600 MB ceph-osd some 1,000 of them
/// @param maxAbbreviations entries of one abbreviation table; compilers use some hundreds, `dwz` a few thousand
/// @param maxAttributes attributes over all entries of one abbreviation table; each costs up to 16 bytes of heap
/// @param maxDepth nesting of debugging information entries; template-heavy C++ reaches some 60
/// @param maxInlineDepth frames of one answer; deeper ones are dropped from the outside and that is said
/// @param maxChain steps from an entry to the one that has its name, over origins and specifications: three in
///     practice, but a file may link two entries to each other
/// @param maxLineRows rows of one unit's line program, 28 bytes of heap each
/// @param maxFiles directories and files of one line program's header, together
/// @param maxRanges address ranges kept for one unit or for all units together; 24 bytes of heap each
/// @param maxStringBytes one name or path
/// @param maxCachedEntries rows, ranges and inlined calls of decoded units that stay in memory, some 28 bytes each;
///     beyond it the units longest not asked for are forgotten, and decoded again when they are. Beside them stay half
///     as many attributes of abbreviations, some 56 bytes each
/// @param maxSourceNameBytes heap for the names of one file's source files, each once: its text and some 64 bytes
///     more; ceph-osd's 3,700 need less than half a million
/// @param maxLookUpWork entries, rows, ranges and chain steps one look-up may read: some 10 million a second. Lists
///     may be shared by many entries, so the size of a section bounds nothing
/// @param maxWalkWork the same for one walk over everything; ceph-osd's 623 MB need 60 million
public record DwarfLimits(
        int maxUnits,
        int maxAbbreviations,
        int maxAttributes,
        int maxDepth,
        int maxInlineDepth,
        int maxChain,
        int maxLineRows,
        int maxFiles,
        int maxRanges,
        int maxStringBytes,
        int maxCachedEntries,
        int maxSourceNameBytes,
        long maxLookUpWork,
        long maxWalkWork) {

    public static final DwarfLimits DEFAULT = new DwarfLimits(
            1 << 20, 1 << 17, 1 << 20, 1 << 10, 1 << 8, 1 << 6, 1 << 22, 1 << 18, 1 << 22, 1 << 16, 1 << 22, 1 << 25,
            1L << 26, 1L << 32);

    private static final long CACHED_ENTRY_BYTES = 56;
    private static final long DECODED_ENTRY_BYTES = 64;

    /// These limits, or lower ones where that is needed so that what an open file keeps takes no more heap than that,
    /// and decoding one unit some four times as much.
    ///
    /// @param heapBytes at least 64 KiB
    DwarfLimits within(long heapBytes) {
        int decoded = (int) Math.min(4 * heapBytes / DECODED_ENTRY_BYTES, Integer.MAX_VALUE);
        return new DwarfLimits(
                maxUnits,
                maxAbbreviations,
                Math.min(maxAttributes, decoded),
                maxDepth,
                maxInlineDepth,
                maxChain,
                Math.min(maxLineRows, decoded),
                maxFiles,
                Math.min(maxRanges, decoded),
                maxStringBytes,
                (int) Math.min(maxCachedEntries, heapBytes / CACHED_ENTRY_BYTES),
                maxSourceNameBytes,
                maxLookUpWork,
                maxWalkWork);
    }

    /// Heap that decoded units of an open file take at most.
    public long cacheBytes() {
        return maxCachedEntries * CACHED_ENTRY_BYTES;
    }

    public DwarfLimits {
        if (maxUnits < 1
                || maxAbbreviations < 1
                || maxAttributes < 1
                || maxDepth < 1
                || maxInlineDepth < 1
                || maxChain < 1
                || maxLineRows < 1
                || maxFiles < 1
                || maxRanges < 1
                || maxStringBytes < 1
                || maxCachedEntries < 1
                || maxSourceNameBytes < 1
                || maxLookUpWork < 1
                || maxWalkWork < 1) {
            throw new IllegalArgumentException("a limit below 1");
        }
    }
}
