package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// Receives address ranges: half-open, not empty, unsigned.
@FunctionalInterface
interface RangeSink {
    void range(long low, long high) throws MalformedBinaryException;
}
