package dev.stackmapd.symbolize.index;

import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.EvictableFiles;
import dev.stackmapd.artifact.disk.QuotaShare;
import dev.stackmapd.artifact.disk.ReadRateLimiter;
import dev.stackmapd.elfcore.bytes.Sha256;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.index.IndexOpening;
import dev.stackmapd.elfcore.index.SymbolIndex;
import dev.stackmapd.elfcore.lookup.IndexBackedSymbols;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The folder of finished indexes: `<folder>/v1/<build-id>-<inputs>.index`. The build-id or htlhash is
/// in the form of [BuildId#unpadded]; `inputs` is a digest of the size and time of each input file, so
/// an added, removed or changed file leads to another name. A second file, `….inputs`, lists all paths
/// at which parts of the debug information were searched ([SearchedPaths]), with and without success. An
/// index is removed if the file at one of these paths has changed. An index is therefore never older
/// than any file that could have contributed to it.
///
/// All files in the folder count against the quota and the free space of an artifact store: space is
/// reserved before an index is written, and idle indexes are evicted when the store needs space. A
/// removed index is counted until its last reader has closed it.
///
/// Only one process may use the folder. Thread-safe.
public final class IndexFolder {
    private static final Logger LOG = LoggerFactory.getLogger(IndexFolder.class);
    private static final String GENERATION = "v1";
    private static final String SUFFIX = ".index";
    private static final String INPUTS = ".inputs";
    private static final String TEMPORARY = ".tmp";
    private static final int INPUT_DIGITS = 16;

    private final Path folder;
    private final QuotaShare quotaShare;
    private final LongAdder damaged = new LongAdder();
    private volatile Runnable onDamage = () -> {};
    private final Map<Path, StoredIndex> stored = new HashMap<>(); // guarded by itself

    /// Creates the folder, removes leftovers of killed builds, and counts the other files in it.
    ///
    /// @param store the artifact store, in another folder, whose quota the indexes share
    public IndexFolder(Path parent, ArtifactStore store) throws IOException {
        this.folder = Files.createDirectories(parent.resolve(GENERATION));
        this.quotaShare = store.quotaShare(new EvictableFiles() {
            @Override
            public List<EvictableFile> candidates() {
                return IndexFolder.this.candidates();
            }

            @Override
            public void check(ReadRateLimiter limiter) throws InterruptedException {
                IndexFolder.this.check(limiter);
            }
        });
        try (Stream<Path> files = Files.walk(parent)) {
            for (Path file : files.toList()) {
                takeStock(file);
            }
        }
    }

    private void takeStock(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        boolean ours = folder.equals(file.getParent());
        boolean isLeft = file.toString().endsWith(TEMPORARY)
                || (file.toString().endsWith(INPUTS) && !Files.exists(indexOf(file)));
        if (ours && isLeft) {
            Files.delete(file);
            return;
        }
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        quotaShare.count(found.size());
        if (ours && file.toString().endsWith(SUFFIX)) {
            add(file, found.size() + inputsBytes(file), found.lastModifiedTime().toInstant());
        }
    }

    private static Path inputsOf(Path index) {
        return index.resolveSibling(index.getFileName() + INPUTS);
    }

    private static Path indexOf(Path inputs) {
        String name = String.valueOf(inputs.getFileName());
        return inputs.resolveSibling(name.substring(0, name.length() - INPUTS.length()));
    }

    private static long inputsBytes(Path index) throws IOException {
        Path inputs = inputsOf(index);
        return Files.exists(inputs) ? Files.size(inputs) : 0;
    }

    /// Returns the path of the index of these files, which need not exist yet.
    ///
    /// @throws IOException if one of the files does not exist any more
    public Path place(BuildId buildId, List<Path> files) throws IOException {
        StringBuilder inputs = new StringBuilder();
        for (Path file : files) {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            inputs.append(found.size())
                    .append(' ')
                    .append(found.lastModifiedTime())
                    .append('\n');
        }
        return folder.resolve(buildId.unpadded() + "-" + digest(inputs.toString()) + SUFFIX);
    }

    /// Writes the list of paths on which a new index depends. Returns false, and deletes the index, if
    /// there are too many.
    boolean keepInputs(Path place, SearchedPaths searchedPaths) throws IOException {
        if (searchedPaths.isFull()) {
            Files.deleteIfExists(place);
            return false;
        }
        searchedPaths.write(inputsOf(place));
        return true;
    }

    /// Returns true if the file at one of the paths that were searched for an index has changed since.
    ///
    /// @param now has the folders in which files may be opened
    public boolean isStale(Path place, SearchedPaths now) {
        return now.isStale(inputsOf(place));
    }

    /// Opens an index, which [IndexBackedSymbols#close] closes. Returns empty if there is none, or none
    /// that this version can read. Removes an index that is stale, damaged, of an older version or of
    /// another binary.
    ///
    /// @param now has the folders in which files may be opened
    public Optional<IndexBackedSymbols> open(BuildId buildId, Path place, SearchedPaths now) {
        if (get(place) != null && isStale(place, now)) {
            remove(place);
        }
        StoredIndex found = get(place);
        if (found == null || !found.enter(Instant.now())) {
            return Optional.empty();
        }
        Optional<SymbolIndex> index = read(buildId, place);
        if (index.isEmpty()) {
            leave(found);
        }
        return index.map(ready -> new IndexBackedSymbols(ready, () -> leave(found)));
    }

    private Optional<SymbolIndex> read(BuildId buildId, Path place) {
        try {
            switch (SymbolIndex.open(place)) {
                case IndexOpening.Ready ready -> {
                    if (ready.index().origin().buildId().matches(buildId)) {
                        Files.setLastModifiedTime(place, FileTime.from(Instant.now()));
                        return Optional.of(ready.index());
                    }
                    ready.index().close();
                    remove(place);
                }
                case IndexOpening.TooNew _ -> {}
                case IndexOpening.TooOld _ -> remove(place);
                case IndexOpening.Corrupt corrupt -> dropDamaged(place, corrupt);
            }
        } catch (IOException e) {
            // The index is gone or unreadable: symbols come from the files, and a new index is built.
        }
        return Optional.empty();
    }

    /// Opens all indexes one after the other, which verifies their checksums, and removes damaged ones.
    /// Without this, an index that stays open is verified only once.
    private void check(ReadRateLimiter limiter) throws InterruptedException {
        List<Path> places;
        synchronized (stored) {
            places = List.copyOf(stored.keySet());
        }
        for (Path place : places) {
            try {
                long bytes = Files.size(place);
                switch (SymbolIndex.open(place)) {
                    case IndexOpening.Ready ready -> ready.index().close();
                    case IndexOpening.Corrupt corrupt -> dropDamaged(place, corrupt);
                    case IndexOpening.TooOld _, IndexOpening.TooNew _ -> {}
                }
                limiter.read(bytes);
            } catch (IOException e) {
                // It is gone or cannot be read now: the next load detects that.
            }
        }
    }

    private void dropDamaged(Path place, IndexOpening.Corrupt corrupt) {
        if (remove(place)) {
            LOG.error("the index {} was damaged on disk and will be rebuilt: {}", place.getFileName(), corrupt);
            damaged.increment();
            onDamage.run();
        }
    }

    /// Registers the listener that is called, on any thread, when a damaged index was removed. The index
    /// may still be open.
    public void listenToDamages(Runnable listener) {
        onDamage = listener;
    }

    /// Removes all indexes of a build-id, because one of their input files was damaged.
    public void removeAll(BuildId buildId) {
        others(buildId, folder).forEach(this::remove);
    }

    /// Returns the number of indexes that were removed since the start because they were damaged.
    long damaged() {
        return damaged.sum();
    }

    /// Reserves space for an index before it is written. Returns false if there is not enough.
    ///
    /// @param bytes maximum size of the index, including temporary files
    boolean take(long bytes) throws IOException {
        return quotaShare.take(bytes);
    }

    /// Releases reserved space into which nothing was written.
    void giveUp(long taken) {
        quotaShare.settle(taken, 0);
    }

    /// Counts a new index, and removes others of its build-id. Returns false, and deletes the index, if
    /// it is larger than expected and there is no space for the difference.
    ///
    /// @param taken bytes that were reserved for it
    boolean keep(BuildId buildId, Path built, long taken) throws IOException {
        long bytes = Files.size(built) + inputsBytes(built);
        forget(built);
        quotaShare.settle(taken, Math.min(bytes, taken));
        if (bytes > taken) {
            if (!quotaShare.take(bytes - taken)) {
                Files.deleteIfExists(built);
                Files.deleteIfExists(inputsOf(built));
                quotaShare.free(taken);
                return false;
            }
            quotaShare.settle(bytes - taken, bytes - taken);
        }
        add(built, bytes, Instant.now());
        for (Path other : others(buildId, built)) {
            remove(other);
        }
        return true;
    }

    /// Removes an index. Returns false if it could not be deleted.
    public boolean remove(Path place) {
        try {
            Files.deleteIfExists(place);
            Files.deleteIfExists(inputsOf(place));
        } catch (IOException e) {
            return false;
        }
        forget(place);
        return true;
    }

    private void add(Path place, long bytes, Instant used) {
        synchronized (stored) {
            stored.put(place, new StoredIndex(bytes, used));
        }
    }

    private @Nullable StoredIndex get(Path place) {
        synchronized (stored) {
            return stored.get(place);
        }
    }

    /// Removes a deleted index from the accounting.
    private void forget(Path place) {
        StoredIndex gone;
        synchronized (stored) {
            gone = stored.remove(place);
        }
        if (gone != null && gone.readers().retire()) {
            quotaShare.free(gone.bytes());
        }
    }

    private void leave(StoredIndex index) {
        if (index.readers().leave()) {
            quotaShare.free(index.bytes());
        }
    }

    private List<Path> others(BuildId buildId, Path built) {
        String name = buildId.unpadded() + "-";
        int length = name.length() + INPUT_DIGITS + SUFFIX.length();
        synchronized (stored) {
            return stored.keySet().stream()
                    .filter(place -> !place.equals(built))
                    .filter(place -> place.getFileName().toString().length() == length
                            && place.getFileName().toString().startsWith(name))
                    .toList();
        }
    }

    private List<EvictableFiles.EvictableFile> candidates() {
        synchronized (stored) {
            return stored.entrySet().stream()
                    .filter(entry -> entry.getValue().readers().isIdle())
                    .<EvictableFiles.EvictableFile>map(entry -> new Idle(entry.getKey(), entry.getValue()))
                    .toList();
        }
    }

    private final class Idle implements EvictableFiles.EvictableFile {
        private final Path place;
        private final StoredIndex index;

        Idle(Path place, StoredIndex index) {
            this.place = place;
            this.index = index;
        }

        @Override
        public long bytes() {
            return index.bytes();
        }

        @Override
        public Instant used() {
            return index.used();
        }

        @Override
        public void evict() {
            if (!index.readers().retireIfIdle()) {
                return;
            }
            synchronized (stored) {
                stored.remove(place, index);
            }
            try {
                Files.deleteIfExists(place);
                Files.deleteIfExists(inputsOf(place));
                quotaShare.free(index.bytes());
            } catch (IOException e) {
                // It is counted until the folder is opened again.
            }
        }
    }

    private static String digest(String inputs) {
        byte[] digest = Sha256.create().digest(inputs.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, INPUT_DIGITS / 2);
    }
}
