package dev.stackmapd.elfcore.elf;

import java.util.HashMap;
import java.util.Map;

/// Divides the limit among the sections of one file: the bytes of each that may be inflated or relocated
/// when not all fit.
///
/// Small sections are whole, because every unit needs strings and abbreviations. The large ones are cut
/// in proportion, because units have much the same order in `.debug_info` and `.debug_line`, so that the
/// remaining portions of both are of the same units. Not thread-safe.
final class InflationShares {
    /// A section that takes no more than this part of the limit is small.
    private static final int SMALL_PART = 16;

    private final Map<String, Long> shares = new HashMap<>();
    private long spare;

    /// @param claims bytes by section, each at most the limit
    InflationShares(Map<String, Long> claims, long limit) {
        long all = 0;
        long small = 0;
        for (long claim : claims.values()) {
            all += claim;
            small += claim <= limit / SMALL_PART ? claim : 0;
        }
        boolean fits = all <= limit;
        boolean smallAreWhole = small <= limit / 2;
        double part = smallAreWhole ? (double) (limit - small) / (all - small) : (double) limit / all;
        spare = limit;
        for (Map.Entry<String, Long> each : claims.entrySet()) {
            long claim = each.getValue();
            boolean whole = fits || (smallAreWhole && claim <= limit / SMALL_PART);
            long share = whole ? claim : (long) (claim * part);
            shares.put(each.getKey(), share);
            spare -= share;
        }
    }

    /// Returns the share of a section: a section that was not among the claims gets the rest.
    long of(String section, long wanted) {
        return shares.computeIfAbsent(section, any -> {
            long share = Math.min(wanted, Math.max(spare, 0));
            spare -= share;
            return share;
        });
    }
}
