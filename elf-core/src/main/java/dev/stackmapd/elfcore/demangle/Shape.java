package dev.stackmapd.elfcore.demangle;

/// The properties of a type that declarators need before it is printed: `void (*)(int)` and `int (&)
/// [3]` have the declarator in the middle. Three questions of two bits each: 0 no, 1 yes, 2 known only
/// when printed (packs, forward references).
final class Shape {

    static final int PLAIN = 0;
    /// The type has text after the declarator.
    static final int RIGHT = 1;
    static final int ARRAY = RIGHT | (1 << 2);
    static final int FUNCTION = RIGHT | (1 << 4);
    static final int UNKNOWN = 2 | (2 << 2) | (2 << 4);

    private Shape() {}

    /// Returns the answer to "is anything printed to the right?", in the lowest two bits.
    static int right(int shape) {
        return shape & 3;
    }

    static int array(int shape) {
        return (shape >> 2) & 3;
    }

    static int function(int shape) {
        return (shape >> 4) & 3;
    }
}
