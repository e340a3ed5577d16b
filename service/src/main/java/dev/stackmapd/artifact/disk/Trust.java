package dev.stackmapd.artifact.disk;

/// Classes of stored files, the most trusted first. Where two files of one build-id contradict one another, the class
/// decides which of them counts, whichever came first. Files of the operator's folders are trusted more than all of
/// these ([TrustedFiles]).
public enum Trust {
    /// Fetched from a debuginfod server that the operator named.
    UPSTREAM,
    /// Sent by a client, or of unknown origin.
    UPLOAD;

    static Trust of(Origin origin) {
        return switch (origin) {
            case Origin.Debuginfod debuginfod -> UPSTREAM;
            case Origin.Upload upload -> UPLOAD;
            case Origin.Recovered recovered -> UPLOAD;
        };
    }

    boolean outranks(Trust other) {
        return compareTo(other) < 0;
    }
}
