package dev.stackmapd.artifact.disk;

/// Classes of files, the most trusted first. Where two files of one build-id contradict one another, the class decides
/// which of them counts, whichever came first. A file of a live process would come last.
public enum Trust {
    /// Found in a folder that the operator named.
    FOLDER,
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
