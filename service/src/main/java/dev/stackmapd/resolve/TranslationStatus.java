package dev.stackmapd.resolve;

/// How the translation of a stack ended.
public enum TranslationStatus {
    /// A frame was added for every address.
    COMPLETE,

    /// A build-id was met that there is no number left for. Frames up to it were added and counted; none of them may be
    /// stored.
    BASES_FULL
}
