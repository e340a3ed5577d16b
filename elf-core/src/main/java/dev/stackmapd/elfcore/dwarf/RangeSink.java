package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;

/// Takes address ranges, half-open and not empty, unsigned.
@FunctionalInterface
interface RangeSink {
    void range(long low, long high) throws MalformedBinaryException;
}
