package dev.stackmapd.artifact.disk;

import dev.stackmapd.artifact.disk.ArtifactRecord.Replaceability;
import dev.stackmapd.artifact.disk.ArtifactRecord.Verification;
import dev.stackmapd.artifact.disk.ArtifactStore.OpenReport;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.Sha256;
import dev.stackmapd.elfcore.elf.BuildId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Recovers the catalog from a store's folder when the store is opened.
///
/// A valid record with a complete file is used. If a record is damaged or contradicts its file, the best
/// file whose digest is the one in its name, and whose own build-id or htlhash is the folder's, gets a
/// new record. A file without a record was never acknowledged and is deleted. Files with names that the
/// store does not use are left alone, and count against the quota.
final class StoreRecovery {
    private final Disk disk;
    private final ParseLimits limits;
    private final Instant now;
    private final List<CatalogEntry> found = new ArrayList<>();
    private int recovered;
    private int dropped;
    private int swept;
    private long otherBytes;

    StoreRecovery(Disk disk, ParseLimits limits, Instant now) {
        this.disk = disk;
        this.limits = limits;
        this.now = now;
    }

    /// @param folder the store's, with the folders of other versions
    void run(Path folder) throws IOException {
        for (Path bucket : Disk.list(disk.root())) {
            if (Files.isDirectory(bucket, LinkOption.NOFOLLOW_LINKS)) {
                for (Path place : Disk.list(bucket)) {
                    adopt(place);
                }
                for (Path place : Disk.list(bucket)) {
                    look(place);
                }
            }
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                otherBytes += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        for (CatalogEntry entry : found) {
            ArtifactRecord record = entry.record();
            otherBytes -= record.artifact().size() + record.encode().length;
        }
    }

    List<CatalogEntry> found() {
        return found;
    }

    /// Returns the bytes of files that are not the store's own.
    long otherBytes() {
        return Math.max(otherBytes, 0);
    }

    OpenReport report() {
        return new OpenReport(found.size(), recovered, dropped, swept);
    }

    private void adopt(Path place) throws IOException {
        Optional<BuildId> buildId = BuildId.parse(place.getFileName().toString());
        if (buildId.isPresent()) {
            disk.adopt(buildId.get());
        }
    }

    private void look(Path place) throws IOException {
        Optional<BuildId> buildId = BuildId.parse(place.getFileName().toString())
                .filter(id -> disk.folder(id).equals(place));
        if (buildId.isEmpty() || !Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<ContentName> contents = Disk.list(place).stream()
                .map(file -> ContentName.parse(file.getFileName().toString()))
                .flatMap(Optional::stream)
                .toList();
        contents.forEach(disk::seen);
        for (ArtifactKind kind : ArtifactKind.values()) {
            look(
                    new ArtifactKey(buildId.get(), kind),
                    contents.stream().filter(name -> name.kind() == kind).toList());
        }
        disk.removeIfEmpty(buildId.get());
    }

    private void look(ArtifactKey key, List<ContentName> contents) throws IOException {
        Optional<ArtifactRecord> record = disk.read(key).filter(disk::isThere);
        if (record.isEmpty() && disk.hasRecord(key)) {
            record = recover(key, contents);
            if (record.isPresent()) {
                recovered++;
            } else {
                dropped++;
                disk.removeRecord(key);
            }
        }
        for (ContentName name : contents) {
            if (record.isEmpty() || !record.get().content().equals(name)) {
                swept++;
                disk.removeContent(key.buildId(), name);
            }
        }
        if (record.isPresent()) {
            found.add(new CatalogEntry(record.get()));
        }
    }

    /// Rebuilds a record; of two equally good files, the later one is used.
    private Optional<ArtifactRecord> recover(ArtifactKey key, List<ContentName> contents) throws IOException {
        Optional<ArtifactRecord> best = Optional.empty();
        for (ContentName name : contents) {
            Optional<ArtifactRecord> next = recover(key, name);
            if (next.isPresent() && (best.isEmpty() || isBetter(next.get(), best.get()))) {
                best = next;
            }
        }
        if (best.isPresent()) {
            disk.write(best.get());
            disk.forceRecord(key.buildId());
        }
        return best;
    }

    private static boolean isBetter(ArtifactRecord next, ArtifactRecord best) {
        Quality quality = next.artifact().quality();
        Quality other = best.artifact().quality();
        return quality.isBetterThan(other)
                || (!other.isBetterThan(quality)
                        && next.content().serial() > best.content().serial());
    }

    private Optional<ArtifactRecord> recover(ArtifactKey key, ContentName name) throws IOException {
        Path path = disk.content(key.buildId(), name);
        Optional<FileState> state = disk.state(key.buildId(), name);
        if (state.isEmpty() || !digest(path).equals(name.sha256())) {
            return Optional.empty();
        }
        return switch (Inspection.inspect(path, key, limits)) {
            case Inspection.Refused refused -> Optional.empty();
            case Inspection.Sound sound ->
                Optional.of(new ArtifactRecord(
                        new HeldArtifact(
                                sound.buildId(),
                                sound.htlhash(),
                                key.kind(),
                                new Origin.Recovered(),
                                name.sha256(),
                                state.get().size(),
                                sound.code(),
                                sound.quality(),
                                sound.layout(),
                                now,
                                now,
                                0),
                        name,
                        Replaceability.ONLY_COPY,
                        new Verification(state.get(), now)));
        };
    }

    private static String digest(Path path) throws IOException {
        MessageDigest digest = Sha256.create();
        try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
