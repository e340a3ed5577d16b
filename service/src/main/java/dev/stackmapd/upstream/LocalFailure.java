package dev.stackmapd.upstream;

import java.io.IOException;
import java.nio.file.FileSystemException;

/// A [DownloadSink]'s trouble in words that name no path of this host.
final class LocalFailure {
    private LocalFailure() {}

    static CallOutcome outcome(IOException e) {
        String words = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
        return new CallOutcome.NotKept(words == null ? e.getClass().getSimpleName() : words);
    }
}
