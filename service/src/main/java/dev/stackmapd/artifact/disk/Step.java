package dev.stackmapd.artifact.disk;

/// The moments at which the files on disk have just changed, in the order of a replacement. Between any two of them
/// the process may be killed.
enum Step {
    INCOMING_CREATED,
    BYTES_WRITTEN,
    INCOMING_FORCED,
    FOLDER_MADE,
    CONTENT_RENAMED,
    CONTENT_DURABLE,
    RECORD_WRITTEN,
    RECORD_RENAMED,
    RECORD_DURABLE,
    RECORD_REMOVED,
    CONTENT_REMOVED;

    /// Told of each step after it was taken, on the thread that took it.
    interface Listener {
        Listener NONE = step -> {};

        void reached(Step step);
    }
}
