package dev.stackmapd.elfcore.demangle;

import java.util.Arrays;

/// Resolves `T_`, `T0_`, `TL0__` … at this point of the name (Itanium C++ ABI 5.1.5 `<template-param>`).
///
/// It is a stack of levels, of which only the last grows. An encoding inside another one does not see
/// the outer levels; they are restored when it ends.
///
/// ```text
/// levels   [ outer | outer ‖ 0 | 1 | 2 ]       ‖ is the base of the encoding that is being read
/// ```
final class TemplateScopes {

    private int[] starts = new int[8];
    private int levels;
    private int base;
    private int[] arguments = new int[64];
    private int count;

    void reset() {
        levels = 0;
        base = 0;
        count = 0;
    }

    /// Hides all levels. [#leaveEncoding] with the result restores them.
    int enterEncoding() {
        int outer = base;
        base = levels;
        return outer;
    }

    void leaveEncoding(int outerBase) {
        shrinkTo(0);
        base = outerBase;
    }

    /// Returns the number of visible levels.
    int depth() {
        return levels - base;
    }

    void openLevel() {
        if (levels == starts.length) {
            starts = Arrays.copyOf(starts, levels * 2);
        }
        starts[levels++] = count;
    }

    void shrinkTo(int depth) {
        if (depth() > depth) {
            levels = base + depth;
            count = starts[levels];
        }
    }

    /// Adds an argument to the innermost level.
    void add(int node) {
        if (count == arguments.length) {
            arguments = Arrays.copyOf(arguments, count * 2);
        }
        arguments[count++] = node;
    }

    /// Returns the target of a reference, or [Nodes#NONE].
    int find(int level, int index) {
        if (level >= depth()) {
            return Nodes.NONE;
        }
        int from = starts[base + level];
        int to = level + 1 < depth() ? starts[base + level + 1] : count;
        return index < to - from ? arguments[from + index] : Nodes.NONE;
    }
}
