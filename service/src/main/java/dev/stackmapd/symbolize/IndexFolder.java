package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.index.IndexOpening;
import dev.stackmapd.elfcore.index.SymbolIndex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Where finished indexes lie: `<folder>/v1/<build-id>-<inputs>.index`, `inputs` being a digest of the size and
/// time of
/// each file that it was made from. A file that comes, goes or changes leads to another name, so that an index is
/// never older than its binary.
///
/// Only one process may use a folder. Thread-safe.
public final class IndexFolder {
    private static final String GENERATION = "v1";
    private static final String SUFFIX = ".index";
    private static final int INPUT_DIGITS = 16;

    private final Path folder;
    private final long maxBytes;

    /// Makes the folder, and removes what builds that were killed have left in it.
    ///
    /// @param maxBytes of all indexes together; those used longest ago go first
    public IndexFolder(Path parent, long maxBytes) throws IOException {
        this.folder = Files.createDirectories(parent.resolve(GENERATION));
        this.maxBytes = maxBytes;
        for (Path left : list(".tmp")) {
            Files.deleteIfExists(left);
        }
    }

    /// Where the index of these files lies or will lie.
    ///
    /// @throws IOException where one of them is gone by now
    Path place(BuildId buildId, List<Path> files) throws IOException {
        StringBuilder inputs = new StringBuilder();
        for (Path file : files) {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            inputs.append(found.size())
                    .append(' ')
                    .append(found.lastModifiedTime())
                    .append('\n');
        }
        return folder.resolve(buildId.hex() + "-" + digest(inputs.toString()) + SUFFIX);
    }

    /// An index that can be asked; empty where there is none, or none that this version reads. One that is damaged,
    /// of
    /// an older version or of another binary is removed.
    Optional<SymbolIndex> open(BuildId buildId, Path place) {
        try {
            switch (SymbolIndex.open(place)) {
                case IndexOpening.Ready ready -> {
                    if (ready.index().origin().buildId().equals(buildId)) {
                        Files.setLastModifiedTime(place, FileTime.from(Instant.now()));
                        return Optional.of(ready.index());
                    }
                    ready.index().close();
                    Files.deleteIfExists(place);
                }
                case IndexOpening.TooNew _ -> {}
                case IndexOpening.TooOld _, IndexOpening.Corrupt _ -> Files.deleteIfExists(place);
            }
        } catch (IOException e) {
            // Not there, which is the usual case, or not readable: the files themselves answer.
        }
        return Optional.empty();
    }

    /// Whether there is nothing at the place any more.
    boolean remove(Path place) {
        try {
            Files.deleteIfExists(place);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Removes other indexes of the build-id, then those used longest ago until all fit.
    ///
    /// @param built just now; stays
    void makeRoom(BuildId buildId, Path built) throws IOException {
        List<Stored> all = new ArrayList<>();
        for (Path path : list(SUFFIX)) {
            if (!path.equals(built)) {
                stored(path).ifPresent(all::add);
            }
        }
        long sum = Files.size(built) + all.stream().mapToLong(Stored::bytes).sum();
        all.sort(Comparator.comparing(Stored::used));
        for (Stored each : all) {
            if (sum > maxBytes || each.isOf(buildId)) {
                Files.deleteIfExists(each.path());
                sum -= each.bytes();
            }
        }
    }

    private record Stored(Path path, long bytes, Instant used) {
        boolean isOf(BuildId buildId) {
            String name = path.getFileName().toString();
            return name.length() == buildId.hex().length() + 1 + INPUT_DIGITS + SUFFIX.length()
                    && name.startsWith(buildId.hex() + "-");
        }
    }

    private static Optional<Stored> stored(Path path) throws IOException {
        try {
            BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
            return Optional.of(
                    new Stored(path, found.size(), found.lastModifiedTime().toInstant()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private List<Path> list(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(suffix))
                    .toList();
        }
    }

    private static String digest(String inputs) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(inputs.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, INPUT_DIGITS / 2);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
