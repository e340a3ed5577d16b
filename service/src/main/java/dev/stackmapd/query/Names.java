package dev.stackmapd.query;

/// Whether an answer carries names.
enum Names {
    WITH,
    WITHOUT;

    static Names when(boolean asked) {
        return asked ? WITH : WITHOUT;
    }
}
