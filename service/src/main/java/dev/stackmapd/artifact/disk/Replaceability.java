package dev.stackmapd.artifact.disk;

/// Whether the bytes of a stored file can be had again.
enum Replaceability {
    /// They were fetched, and did not take the place of anything else.
    RENEWABLE,
    /// They, or those that they took the place of, were uploaded or are of unknown origin: who evicted them would
    /// leave nothing of what somebody sent.
    ONLY_COPY;

    static Replaceability of(Origin origin) {
        return switch (origin) {
            case Origin.Upload upload -> ONLY_COPY;
            case Origin.Recovered recovered -> ONLY_COPY;
            case Origin.Debuginfod debuginfod -> RENEWABLE;
        };
    }

    /// What becomes of it when it meets another file of the same build-id and kind.
    Replaceability and(Replaceability other) {
        return this == ONLY_COPY ? this : other;
    }
}
