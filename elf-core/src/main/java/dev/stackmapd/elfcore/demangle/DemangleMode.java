package dev.stackmapd.elfcore.demangle;

/// How much of a name is shown.
public enum DemangleMode {
    /// The name as it came.
    NONE,
    /// Neither parameters nor template arguments: `std::vector::push_back`.
    SIMPLE,
    /// Template arguments, but no parameters and no return type: `std::vector<int>::push_back`. Types inside the
    /// template arguments are shown whole.
    TEMPLATES,
    /// Everything: `std::vector<int>::push_back(int const&)`.
    FULL
}
