package dev.stackmapd.elfcore.symbols;

import java.util.Arrays;

/// Symbols of a text as parallel arrays that grow: addresses, and positions of names.
final class TextEntries {
    long[] starts = new long[64];
    long[] sizes = new long[64];
    int[] nameFrom = new int[64];
    int[] nameTo = new int[64];
    int[] moduleFrom = new int[64];
    int[] moduleTo = new int[64];
    int count;

    void add(long start, long size, TextLine line) {
        if (count == starts.length) {
            grow(2 * count);
        }
        starts[count] = start;
        sizes[count] = size;
        nameFrom[count] = line.nameFrom();
        nameTo[count] = line.nameTo();
        moduleFrom[count] = line.moduleFrom();
        moduleTo[count++] = line.moduleTo();
    }

    /// Returns the entries with these indexes, in their order.
    TextEntries picked(int[] indexes, int length) {
        TextEntries picked = new TextEntries();
        picked.grow(length);
        for (int i = 0; i < length; i++) {
            picked.starts[i] = starts[indexes[i]];
            picked.sizes[i] = sizes[indexes[i]];
            picked.nameFrom[i] = nameFrom[indexes[i]];
            picked.nameTo[i] = nameTo[indexes[i]];
            picked.moduleFrom[i] = moduleFrom[indexes[i]];
            picked.moduleTo[i] = moduleTo[indexes[i]];
        }
        picked.count = length;
        return picked;
    }

    private void grow(int length) {
        starts = Arrays.copyOf(starts, length);
        sizes = Arrays.copyOf(sizes, length);
        nameFrom = Arrays.copyOf(nameFrom, length);
        nameTo = Arrays.copyOf(nameTo, length);
        moduleFrom = Arrays.copyOf(moduleFrom, length);
        moduleTo = Arrays.copyOf(moduleTo, length);
    }
}
