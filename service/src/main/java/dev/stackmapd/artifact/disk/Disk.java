package dev.stackmapd.artifact.disk;

import dev.stackmapd.elfcore.elf.BuildId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// The files of the store, and every change to them, in steps between which the process may be killed.
///
/// ```text
/// v1/incoming/<serial>.tmp           what is arriving or being written; inflated sections, unlinked when made
/// v1/<bb>/<build-id>/<content name>  the bytes, never changed
/// v1/<bb>/<build-id>/<kind>.record   what they are, and which of them counts
/// ```
///
/// `bb` are the first two digits of the build-id, which stands below in the form that look-ups compare
/// ([BuildId#unpadded]), `htlhash:` before it where it is one; the record has the file's own. The rename
/// of a record is the moment when the new state is there: before it the content is in place and on disk.
/// Thread-safe, unless two threads work on one record.
final class Disk {
    static final String GENERATION = "v1";
    private static final String RECORD = ".record";
    private static final String TEMPORARY = ".tmp";

    private final Path root;
    private final Path incoming;
    private final CrashPoint.Listener steps;
    private final AtomicLong serial = new AtomicLong();

    /// Creates the folders, and removes the incomplete files of a killed process.
    Disk(Path folder, CrashPoint.Listener steps) throws IOException {
        this.root = Files.createDirectories(folder.resolve(GENERATION));
        this.incoming = Files.createDirectories(root.resolve("incoming"));
        this.steps = steps;
        for (Path left : list(incoming)) {
            Files.delete(left);
        }
        force(root);
    }

    Path root() {
        return root;
    }

    Path folder(BuildId buildId) {
        return bucket(buildId).resolve(buildId.unpadded().toString());
    }

    /// Renames the folder of a build-id that a former version named with trailing zeros. If both folders
    /// exist, the older one is left alone.
    void adopt(BuildId buildId) throws IOException {
        Path before = bucket(buildId).resolve(buildId.toString());
        Path now = folder(buildId);
        if (!before.equals(now)
                && Files.isDirectory(before, LinkOption.NOFOLLOW_LINKS)
                && Files.notExists(now, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(before, now, StandardCopyOption.ATOMIC_MOVE);
            force(bucket(buildId));
        }
    }

    Path content(BuildId buildId, ContentName name) {
        return folder(buildId).resolve(name.text());
    }

    /// Makes later names differ from `name`.
    void seen(ContentName name) {
        serial.accumulateAndGet(name.serial(), Math::max);
    }

    ContentName newName(ArtifactKind kind, String sha256) {
        return new ContentName(kind, serial.incrementAndGet(), sha256);
    }

    void reached(CrashPoint step) {
        steps.reached(step);
    }

    /// Creates an empty file in the same file system as the other files.
    Path newIncoming() throws IOException {
        Path file = Files.createFile(incoming.resolve(Long.toHexString(serial.incrementAndGet()) + TEMPORARY));
        reached(CrashPoint.INCOMING_CREATED);
        return file;
    }

    /// Creates an unlinked empty file: its space is freed once it is closed and unmapped, or the process
    /// ends.
    FileChannel newUnlinked() throws IOException {
        return FileChannel.open(
                incoming.resolve(Long.toHexString(serial.incrementAndGet()) + TEMPORARY),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    /// Renames a durable file to its final path, durably.
    void place(Path arrived, BuildId buildId, ContentName name) throws IOException {
        Path folder = Files.createDirectories(folder(buildId));
        force(root);
        force(bucket(buildId));
        reached(CrashPoint.FOLDER_MADE);
        Files.move(arrived, content(buildId, name), StandardCopyOption.ATOMIC_MOVE);
        reached(CrashPoint.CONTENT_RENAMED);
        force(folder);
        reached(CrashPoint.CONTENT_DURABLE);
    }

    /// Replaces the record, if any; [#forceRecord] makes this durable.
    void write(ArtifactRecord record) throws IOException {
        Path temporary = incoming.resolve(Long.toHexString(serial.incrementAndGet()) + TEMPORARY);
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(record.encode());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            reached(CrashPoint.RECORD_WRITTEN);
            Files.move(temporary, recordPath(record.artifact().key()), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        reached(CrashPoint.RECORD_RENAMED);
    }

    void forceRecord(BuildId buildId) throws IOException {
        force(folder(buildId));
        reached(CrashPoint.RECORD_DURABLE);
    }

    /// Removes the record of a key, durably.
    void removeRecord(ArtifactKey key) throws IOException {
        if (Files.deleteIfExists(recordPath(key))) {
            force(folder(key.buildId()));
        }
        reached(CrashPoint.RECORD_REMOVED);
    }

    void removeContent(BuildId buildId, ContentName name) throws IOException {
        Files.deleteIfExists(content(buildId, name));
        reached(CrashPoint.CONTENT_REMOVED);
    }

    void removeIfEmpty(BuildId buildId) throws IOException {
        try {
            Files.deleteIfExists(folder(buildId));
        } catch (DirectoryNotEmptyException e) {
            // There is a file of another kind, or one that is still being read.
        }
    }

    /// Returns the state of a stored file; empty if there is no regular file.
    Optional<FileState> state(BuildId buildId, ContentName name) {
        return FileState.of(content(buildId, name));
    }

    /// Returns true if the file exists with its full size.
    boolean isThere(ArtifactRecord record) {
        return state(record.artifact().buildId(), record.content())
                .filter(state -> state.size() == record.artifact().size())
                .isPresent();
    }

    /// Returns true if the state of the file is the one of its last verification.
    boolean isUnchanged(ArtifactRecord record) {
        return state(record.artifact().buildId(), record.content())
                .filter(record.verified().state()::equals)
                .isPresent();
    }

    /// Returns the record of a key; empty if there is none, it is damaged or it belongs to another key.
    /// [#hasRecord] tells whether there is a file at all.
    Optional<ArtifactRecord> read(ArtifactKey key) throws IOException {
        Path path = recordPath(key);
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) || Files.size(path) > ArtifactRecord.MAX_BYTES) {
            return Optional.empty();
        }
        return ArtifactRecord.decode(Files.readAllBytes(path))
                .filter(record -> record.artifact().key().equals(key));
    }

    boolean hasRecord(ArtifactKey key) {
        return Files.exists(recordPath(key), LinkOption.NOFOLLOW_LINKS);
    }

    /// Returns the paths in a folder, sorted; empty if there is no such folder.
    static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return new ArrayList<>(entries.sorted().toList());
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private Path bucket(BuildId buildId) {
        return root.resolve(buildId.hex().substring(0, 2));
    }

    private Path recordPath(ArtifactKey key) {
        return folder(key.buildId()).resolve(key.kind().text() + RECORD);
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// The points at which the files on disk have just changed, in the order of a replacement. The
    /// process may be killed between any two of them.
    enum CrashPoint {
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

        /// Called at each point, on the thread that changed the files.
        interface Listener {
            Listener NONE = step -> {};

            void reached(CrashPoint step);
        }
    }
}
