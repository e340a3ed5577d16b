package dev.stackmapd.elfcore.bytes;

/// Limits on the work and memory that the debug information of one untrusted file may cost. They count
/// what was read, not what the file claims.
///
/// @param maxUnits units of one section; an honest one has at least 11 bytes, a 600 MB ceph-osd some
///     1,000 of them
/// @param maxAbbreviations abbreviations of one table; compilers use some hundreds, `dwz` a few thousand
/// @param maxDepth nesting of debugging information entries; template-heavy C++ reaches some 60
/// @param maxInlineDepth frames of one answer; of a deeper chain the outermost frames are dropped, and
///     the answer says so
/// @param maxChain steps from a DIE to the one that has its name, over abstract origins and
///     specifications: three in practice, but a file may link two DIEs to each other
/// @param maxFiles directories and files of one line program's header, together
/// @param maxStringBytes one name or path
/// @param maxCachedEntries rows, ranges and inlined calls of decoded units that stay in memory, some 28
///     bytes each; beyond it the least recently used units are evicted and decoded again on the next
///     use. In addition half as many attributes of abbreviations stay, some 56 bytes each
/// @param maxSourceNameBytes heap for the names of one file's source files, each once: its text and some
///     64 bytes more; ceph-osd's 3,700 need less than half a million
/// @param maxLookUpBytes heap for one table while a look-up decodes it: the line rows of one unit (28
///     bytes each), its functions (72 bytes), the inlined calls of one function, an abbreviation table.
///     One that takes more is left out of answers. A look-up may hold three of them
/// @param maxKeptBytes heap for what stays as long as a file is open, and grows with it: where its units
///     begin and which code they have, where split units are, type units; twice as much while it is
///     sorted
/// @param maxLookUpWork DIEs, rows, ranges and chain steps one look-up may read: some 10 million a
///     second. Many DIEs may share a list, so the size of a section is no bound
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

    /// Returns these limits, lowered where necessary for an amount of heap: decoded units of an open
    /// file take at most `heapBytes`, everything else that stays while it is open half as much, and
    /// decoding one table as much again.
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

    /// Returns these limits with another limit on the heap that decoding one table takes.
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

    /// Returns the steps that all look-ups in one file together may spend on tables that turn out too
    /// large to keep. After that, look-ups in the file return no answer.
    public long maxWastedWork() {
        return maxLookUpWork / 2;
    }

    /// Returns the heap that decoded units of an open file take at most, in bytes.
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
            throw new IllegalArgumentException("a limit is below 1");
        }
    }
}
