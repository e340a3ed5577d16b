package dev.stackmapd.elfcore.demangle;

import java.util.Arrays;

/// What `T_`, `T0_`, `TL0__` … stand for at this point of the name (Itanium C++ ABI 5.1.5 `<template-param>`).
///
/// A stack of levels; only the last level grows. An encoding inside another sees none of the outer levels, and they
/// are back when it ends.
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

    /// Hides every level; [#leaveEncoding] with the answer brings them back.
    int enterEncoding() {
        int outer = base;
        base = levels;
        return outer;
    }

    void leaveEncoding(int outerBase) {
        shrinkTo(0);
        base = outerBase;
    }

    /// Levels in sight.
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

    /// Adds to the innermost level.
    void add(int node) {
        if (count == arguments.length) {
            arguments = Arrays.copyOf(arguments, count * 2);
        }
        arguments[count++] = node;
    }

    /// What a reference means, or [Nodes#NONE].
    int find(int level, int index) {
        if (level >= depth()) {
            return Nodes.NONE;
        }
        int from = starts[base + level];
        int to = level + 1 < depth() ? starts[base + level + 1] : count;
        return index < to - from ? arguments[from + index] : Nodes.NONE;
    }
}
