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

/// The store's files, and every change to them in steps that may be interrupted.
///
/// ```text
/// v1/incoming/<serial>.tmp           what is arriving or being written; inflated sections, unlinked when made
/// v1/<bb>/<build-id>/<content name>  the bytes, never changed
/// v1/<bb>/<build-id>/<kind>.record   what they are, and which of them counts
/// ```
///
/// `bb` are the first two digits of the build-id, which stands below in the form that look-ups compare
/// ([BuildId#unpadded]), `htlhash:` before it where it is one; the record has the file's own. The rename of a record is
/// the moment when the new state is
/// there: before it the content is in place and on disk. Thread-safe, unless two threads work on one record.
final class Disk {
    static final String GENERATION = "v1";
    private static final String RECORD = ".record";
    private static final String TEMPORARY = ".tmp";

    private final Path root;
    private final Path incoming;
    private final CrashPoint.Listener steps;
    private final AtomicLong serial = new AtomicLong();

    /// Makes the folders, and removes what was arriving when the process before was killed.
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

    /// Moves the folder of a store that named it by a build-id with zeros at its end to where it lies now. Where
    /// both are there, the older one stays alone.
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

    /// Makes later names differ from this one.
    void seen(ContentName name) {
        serial.accumulateAndGet(name.serial(), Math::max);
    }

    ContentName newName(ArtifactKind kind, String sha256) {
        return new ContentName(kind, serial.incrementAndGet(), sha256);
    }

    void reached(CrashPoint step) {
        steps.reached(step);
    }

    /// An empty file in the same file system as everything else.
    Path newIncoming() throws IOException {
        Path file = Files.createFile(incoming.resolve(Long.toHexString(serial.incrementAndGet()) + TEMPORARY));
        reached(CrashPoint.INCOMING_CREATED);
        return file;
    }

    /// An empty file that has lost its name: its bytes are gone once it is closed and unmapped, or the process ends.
    FileChannel newUnlinked() throws IOException {
        return FileChannel.open(
                incoming.resolve(Long.toHexString(serial.incrementAndGet()) + TEMPORARY),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    /// Moves bytes that are on disk to their place; afterwards they are there even if the power fails.
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

    /// Puts a record in the place of the one before, if any; [#forceRecord] makes that last.
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

    /// Nothing is held of the key from here on, even if the power fails.
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
            // Another kind is there, or bytes that somebody still reads.
        }
    }

    /// Returns what the file system says of stored bytes; empty where there is no regular file.
    Optional<FileState> state(BuildId buildId, ContentName name) {
        return FileState.of(content(buildId, name));
    }

    /// Returns true if the bytes are there in full.
    boolean isThere(ArtifactRecord record) {
        return state(record.artifact().buildId(), record.content())
                .filter(state -> state.size() == record.artifact().size())
                .isPresent();
    }

    /// Returns true if the bytes lie there as they were when they last had their digest.
    boolean isUnchanged(ArtifactRecord record) {
        return state(record.artifact().buildId(), record.content())
                .filter(record.verified().state()::equals)
                .isPresent();
    }

    /// The record that counts for a key, if it can be read and is about this key; whether there is anything in its
    /// place is [#hasRecord].
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

    /// The names in a folder; none where there is no such folder.
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

    /// The moments at which the files on disk have just changed, in the order of a replacement. Between any two of them
    /// the process may be killed.
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

        /// Told of each step after it was taken, on the thread that took it.
        interface Listener {
            Listener NONE = step -> {};

            void reached(CrashPoint step);
        }
    }
}
