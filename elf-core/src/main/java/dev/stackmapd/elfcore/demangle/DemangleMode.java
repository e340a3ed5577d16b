package dev.stackmapd.elfcore.demangle;

/// The portion of a name that is shown.
public enum DemangleMode {
    /// The mangled name, unchanged.
    NONE,
    /// The name without parameters and template arguments: `std::vector::push_back`.
    SIMPLE,
    /// The name with template arguments, but without parameters and return type:
    /// `std::vector<int>::push_back`. Types inside the template arguments are complete.
    TEMPLATES,
    /// The complete declaration: `std::vector<int>::push_back(int const&)`.
    FULL
}
