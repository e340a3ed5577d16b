package dev.stackmapd.artifact.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The metadata of a file. If any of it has changed, the file may have other bytes.
///
/// @param size bytes
/// @param modified when it was last written
/// @param inode number, unsigned
record FileState(long size, Instant modified, long inode) {
    private static final String ATTRIBUTES = "unix:size,lastModifiedTime,ino,isRegularFile";

    /// Returns the state of a regular file; empty for anything else. Does not follow links.
    static Optional<FileState> of(Path file) {
        try {
            Map<String, Object> found = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            return Boolean.TRUE.equals(found.get("isRegularFile")) ? Optional.of(of(found)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static FileState of(Map<String, Object> attributes) {
        FileTime modified = get(attributes, "lastModifiedTime", FileTime.class);
        return new FileState(
                get(attributes, "size", Long.class), modified.toInstant(), get(attributes, "ino", Long.class));
    }

    private static <T> T get(Map<String, Object> attributes, String name, Class<T> type) {
        return type.cast(Objects.requireNonNull(attributes.get(name), name));
    }
}
