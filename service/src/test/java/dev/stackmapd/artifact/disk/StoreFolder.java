package dev.stackmapd.artifact.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.artifact.disk.Disk.CrashPoint;
import dev.stackmapd.artifact.disk.StoreLimits.UploadEviction;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// A store in a folder, on a disk and with a clock of our own.
final class StoreFolder implements DiskBudget.FileSystem {
    static final Origin UPLOAD = new Origin.Upload(Origin.Route.PUT, "127.0.0.1", "somebody");
    static final Origin FETCH = new Origin.Debuginfod("https://debuginfod.example", "");

    private final Path folder;
    private Instant now = Instant.parse("2026-11-23T12:00:00Z");
    private CrashPoint.Listener steps = CrashPoint.Listener.NONE;
    private StoreLimits limits = new StoreLimits(1 << 30, 0, 1 << 20, Duration.ZERO, UploadEviction.NEVER);
    private long capacity = 1L << 40;

    StoreFolder(Path folder) {
        this.folder = folder;
    }

    StoreFolder quota(long bytes) {
        limits = new StoreLimits(
                bytes, limits.freePercent(), limits.maxFileBytes(), limits.useInterval(), limits.uploads());
        return this;
    }

    StoreFolder maxFile(long bytes) {
        limits = new StoreLimits(
                limits.quotaBytes(), limits.freePercent(), bytes, limits.useInterval(), limits.uploads());
        return this;
    }

    /// Bytes of the whole file system, and what of it must stay free.
    StoreFolder disk(long bytes, int freePercent) {
        capacity = bytes;
        limits = new StoreLimits(
                limits.quotaBytes(), freePercent, limits.maxFileBytes(), limits.useInterval(), limits.uploads());
        return this;
    }

    StoreFolder evicting(UploadEviction uploads) {
        limits = new StoreLimits(
                limits.quotaBytes(), limits.freePercent(), limits.maxFileBytes(), limits.useInterval(), uploads);
        return this;
    }

    StoreFolder noting(Duration useInterval) {
        limits = new StoreLimits(
                limits.quotaBytes(), limits.freePercent(), limits.maxFileBytes(), useInterval, limits.uploads());
        return this;
    }

    StoreFolder listening(CrashPoint.Listener listener) {
        steps = listener;
        return this;
    }

    ArtifactStore open() throws IOException {
        return ArtifactStore.open(
                folder,
                limits,
                ParseLimits.DEFAULT,
                new ArtifactStore.Outside(step -> steps.reached(step), this, this::tick));
    }

    Path path() {
        return folder;
    }

    /// Each look at the clock is a second later.
    Instant tick() {
        now = now.plusSeconds(1);
        return now;
    }

    @Override
    public long total() {
        return capacity;
    }

    @Override
    public long usable() throws IOException {
        return limits.freePercent() == 0 ? capacity : capacity - bytes(files(folder));
    }

    /// In pieces of 1,000 bytes, of a length that is not announced.
    static ReceiveResult put(ArtifactStore store, Sample sample, Origin origin) throws IOException {
        try (IncomingFile incoming = store.receive(sample.buildId(), sample.kind(), origin)) {
            return send(incoming, sample.bytes());
        }
    }

    static ReceiveResult putAnnounced(ArtifactStore store, Sample sample, Origin origin) throws IOException {
        try (IncomingFile incoming = store.receive(sample.buildId(), sample.kind(), origin, sample.size())) {
            return send(incoming, sample.bytes());
        }
    }

    static ReceiveResult send(IncomingFile incoming, byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length && incoming.flow() == IncomingFile.Flow.MORE; at += 1_000) {
            incoming.write(ByteBuffer.wrap(bytes, at, Math.min(1_000, bytes.length - at)));
        }
        return incoming.finish();
    }

    /// What is counted is what lies on disk, and each file belongs to something.
    void isInOrder(ArtifactStore store) throws IOException {
        isInOrder(store, 0);
    }

    /// @param scratch bytes of files without a name
    void isInOrder(ArtifactStore store, long scratch) throws IOException {
        List<Path> files = files(folder.resolve(Disk.GENERATION));
        List<Path> contents = files.stream()
                .filter(file -> !file.toString().endsWith(".record"))
                .toList();
        assertThat(contents)
                .allMatch(
                        file -> ContentName.parse(file.getFileName().toString()).isPresent());
        assertThat(files).hasSize(2 * contents.size()).hasSize(2 * store.usage().artifacts());
        assertThat(store.usage().bytes()).isEqualTo(scratch + bytes(contents) + DiskBudget.OVERHEAD * contents.size());
    }

    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static long bytes(List<Path> files) throws IOException {
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        return bytes;
    }
}
