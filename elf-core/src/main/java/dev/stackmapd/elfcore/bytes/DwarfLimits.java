package dev.stackmapd.elfcore.bytes;

/// How far the debug information of one untrusted file may push us. Counts are of things read, not of things
/// claimed.
///
/// @param maxUnits units of one section; an honest one has at least 11 bytes, a 600 MB ceph-osd some 1,000 of them
/// @param maxAbbreviations entries of one abbreviation table; compilers use some hundreds, `dwz` a few thousand
/// @param maxDepth nesting of debugging information entries; template-heavy C++ reaches some 60
/// @param maxInlineDepth frames of one answer; deeper ones are dropped from the outside and that is said
/// @param maxChain steps from an entry to the one that has its name, over origins and specifications: three in
///     practice, but a file may link two entries to each other
/// @param maxFiles directories and files of one line program's header, together
/// @param maxStringBytes one name or path
/// @param maxCachedEntries rows, ranges and inlined calls of decoded units that stay in memory, some 28 bytes each;
///     beyond it the units longest not asked for are forgotten, and decoded again when they are. Beside them stay half
///     as many attributes of abbreviations, some 56 bytes each
/// @param maxSourceNameBytes heap for the names of one file's source files, each once: its text and some 64 bytes
///     more; ceph-osd's 3,700 need less than half a million
/// @param maxLookUpBytes heap for one table while a look-up decodes it: the line rows of one unit (28 bytes
///     each), its functions (72 bytes), the inlined calls of one function, an abbreviation table. One that
///     takes more is left out of answers. A look-up may hold three of them
/// @param maxKeptBytes heap for what stays as long as a file is open, and grows with it: where its units begin
///     and which code they have, where split units are, type units; twice as much while it is sorted
/// @param maxLookUpWork entries, rows, ranges and chain steps one look-up may read: some 10 million a second. Lists
///     may be shared by many entries, so the size of a section bounds nothing
/// @param maxWalkWork the same for one walk over everything; ceph-osd's 623 MB need 60 million
public record DwarfLimits(
        int maxUnits,
        int maxAbbreviations,
        int maxDepth,
        int maxInlineDepth,
        int maxChain,
        int maxFiles,
        int maxStringBytes,
        int maxCachedEntries,
        int maxSourceNameBytes,
        long maxLookUpBytes,
        long maxKeptBytes,
        long maxLookUpWork,
        long maxWalkWork) {

    public static final DwarfLimits DEFAULT = new DwarfLimits(
            1 << 20, 1 << 17, 1 << 10, 1 << 8, 1 << 6, 1 << 18, 1 << 16, 1 << 22, 1 << 25, 1L << 28, 1L << 27, 1L << 26,
            1L << 29);

    private static final long CACHED_ENTRY_BYTES = 56;

    /// These limits, or lower ones where that is needed so that decoded units of an open file take no more
    /// heap than that, what else it keeps half as much, and decoding one table as much again.
    ///
    /// @param heapBytes at least 64 KiB
    DwarfLimits within(long heapBytes) {
        return new DwarfLimits(
                maxUnits,
                maxAbbreviations,
                maxDepth,
                maxInlineDepth,
                maxChain,
                maxFiles,
                maxStringBytes,
                (int) Math.min(maxCachedEntries, heapBytes / CACHED_ENTRY_BYTES),
                maxSourceNameBytes,
                Math.min(maxLookUpBytes, heapBytes),
                Math.min(maxKeptBytes, heapBytes / 2),
                maxLookUpWork,
                maxWalkWork);
    }

    /// These limits with another one on what decoding one table takes.
    public DwarfLimits decodingWithin(long bytes) {
        return new DwarfLimits(
                maxUnits,
                maxAbbreviations,
                maxDepth,
                maxInlineDepth,
                maxChain,
                maxFiles,
                maxStringBytes,
                maxCachedEntries,
                maxSourceNameBytes,
                bytes,
                maxKeptBytes,
                maxLookUpWork,
                maxWalkWork);
    }

    /// Steps that all look-ups in one file together may spend on what is then too large to be kept. After that
    /// the file is not asked any more.
    public long maxWastedWork() {
        return maxLookUpWork / 2;
    }

    /// Heap that decoded units of an open file take at most.
    public long cacheBytes() {
        return maxCachedEntries * CACHED_ENTRY_BYTES;
    }

    public DwarfLimits {
        if (maxUnits < 1
                || maxAbbreviations < 1
                || maxDepth < 1
                || maxInlineDepth < 1
                || maxChain < 1
                || maxFiles < 1
                || maxStringBytes < 1
                || maxCachedEntries < 1
                || maxSourceNameBytes < 1
                || maxLookUpBytes < 1
                || maxKeptBytes < 1
                || maxLookUpWork < 1
                || maxWalkWork < 1) {
            throw new IllegalArgumentException("a limit below 1");
        }
    }
}
