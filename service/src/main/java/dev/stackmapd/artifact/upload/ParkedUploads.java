package dev.stackmapd.artifact.upload;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Scheduler;
import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.artifact.disk.EvictableFiles;
import dev.stackmapd.artifact.disk.IncomingFile;
import dev.stackmapd.artifact.upload.Uploads.UploadKey;
import dev.stackmapd.elfcore.elf.BuildId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Interrupted uploads that can be resumed for ten minutes. They are the first files that are evicted
/// when space is needed.
///
/// They are bounded per sender and in total, in number and in bytes. Beyond a bound, the oldest upload
/// of the same sender is discarded, never another sender's: a sender that invents names can prevent that
/// uploads of others are parked, but cannot remove parked ones.
///
/// A parked upload belongs to this table, and a resumed one to the thread that resumed it: an
/// [IncomingFile] is for one thread at a time. Thread-safe.
final class ParkedUploads implements EvictableFiles, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ParkedUploads.class);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Limits limits;
    private final Cache<UploadKey, Parked> parked = Caffeine.newBuilder()
            .expireAfterWrite(PATIENCE)
            .scheduler(Scheduler.systemScheduler())
            .executor(Runnable::run)
            .<UploadKey, Parked>removalListener((part, upload, cause) -> {
                if (upload != null && cause.wasEvicted()) {
                    giveUp(upload.incoming());
                }
            })
            .build();

    ParkedUploads(Limits limits) {
        this.limits = limits;
    }

    /// The limits of parked uploads.
    ///
    /// @param files, bytes of all senders
    /// @param filesOfSender, bytesOfSender of one
    record Limits(int files, long bytes, int filesOfSender, long bytesOfSender) {

        /// @param quota bytes that all files of the store may take
        static Limits within(long quota) {
            return new Limits(64, quota / 2, 8, quota / 4);
        }
    }

    /// @param sender the key of the per-sender bounds
    /// @param bytes that are reserved of the store's quota
    private record Parked(IncomingFile incoming, String sender, long bytes, Instant since) {}

    /// Parks an upload, unless it exceeds the bounds itself. Of two with the same key, the one with more
    /// bytes is kept, so that a sender cannot discard another sender's upload of the same file.
    synchronized void park(UploadKey part, IncomingFile incoming, Sender sender) {
        incoming.pause();
        Parked added = new Parked(incoming, sender.key(), incoming.taken(), Instant.now());
        Parked before = parked.asMap().get(part);
        if (before != null && before.bytes() >= added.bytes()) {
            giveUp(incoming);
            return;
        }
        if (before != null) {
            remove(part, before);
        }
        parked.put(part, added);
        keepBounds(sender.key());
    }

    private void keepBounds(String sender) {
        while (isOver(limits.files(), limits.bytes(), all())
                || isOver(limits.filesOfSender(), limits.bytesOfSender(), of(sender))) {
            Optional<Map.Entry<UploadKey, Parked>> oldest = parked.asMap().entrySet().stream()
                    .filter(entry -> entry.getValue().sender().equals(sender))
                    .min(Comparator.comparing(entry -> entry.getValue().since()));
            if (oldest.isEmpty()) {
                return;
            }
            remove(oldest.get().getKey(), oldest.get().getValue());
        }
    }

    private Stream<Parked> all() {
        return parked.asMap().values().stream();
    }

    private Stream<Parked> of(String sender) {
        return all().filter(upload -> upload.sender().equals(sender));
    }

    private static boolean isOver(int files, long bytes, Stream<Parked> uploads) {
        List<Long> sizes = uploads.map(Parked::bytes).toList();
        return sizes.size() > files || sizes.stream().mapToLong(Long::longValue).sum() > bytes;
    }

    /// Removes a parked upload and returns it, to be continued.
    Optional<IncomingFile> resume(UploadKey part) {
        return Optional.ofNullable(parked.asMap().remove(part)).map(Parked::incoming);
    }

    /// Returns how many bytes of a file have been received; empty if no upload of it is parked.
    Optional<Long> received(BuildId buildId, ArtifactKind kind, String sha256) {
        return parked.asMap().entrySet().stream()
                .filter(entry -> entry.getKey().buildId().matches(buildId)
                        && entry.getKey().kind() == kind
                        && entry.getKey().sha256().equals(sha256))
                .map(entry -> entry.getValue().incoming().received())
                .findFirst();
    }

    int size() {
        return parked.asMap().size();
    }

    @Override
    public List<EvictableFile> candidates() {
        return parked.asMap().entrySet().stream()
                .<EvictableFile>map(entry -> new ParkedFile(entry.getKey(), entry.getValue()))
                .toList();
    }

    private final class ParkedFile implements EvictableFile {
        private final UploadKey part;
        private final Parked upload;

        ParkedFile(UploadKey part, Parked upload) {
            this.part = part;
            this.upload = upload;
        }

        @Override
        public long bytes() {
            return upload.bytes();
        }

        @Override
        public Instant used() {
            return upload.since();
        }

        @Override
        public void evict() {
            remove(part, upload);
        }
    }

    private void remove(UploadKey part, Parked upload) {
        if (parked.asMap().remove(part, upload)) {
            giveUp(upload.incoming());
        }
    }

    private static void giveUp(IncomingFile incoming) {
        try {
            incoming.close();
        } catch (IOException e) {
            LOG.warn("the rest of an upload could not be deleted; the next start deletes it", e);
        }
    }

    @Override
    public void close() {
        parked.asMap().forEach(this::remove);
    }
}
