package dev.stackmapd.elfcore.dwarf;

/// Decides which of several functions of one unit that a linker folded into one is shown: the one that
/// the line rows are of, so that name and line are those of the same function.
public final class FoldedFunctions {
    private FoldedFunctions() {}

    /// Returns how well a function fits a line row at its beginning; of two, the larger one fits better.
    /// A function does not begin before it is declared, and of several the one declared last before the
    /// row is the row's.
    ///
    /// @param declarationLine 0 where it is not known
    public static int fit(int declarationLine, int rowLine) {
        return declarationLine <= rowLine ? declarationLine : -1;
    }
}
