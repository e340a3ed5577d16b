package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.OverLimitException;

/// Steps that one look-up or walk may take. A step is an entry, a row, a range or a link that is read. Not
/// thread-safe.
final class WorkBudget {
    private final long limit;
    private long left;

    WorkBudget(long limit) {
        this.limit = limit;
        this.left = limit;
    }

    /// @param source what is read, for the error
    void spend(long steps, String source) throws MalformedBinaryException {
        left -= steps;
        if (left < 0) {
            throw new OverLimitException(source, 0, "takes more than " + limit + " steps");
        }
    }
}
