package dev.stackmapd.symbolize.index;

import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.Digests;
import dev.stackmapd.artifact.disk.EvictableFiles;
import dev.stackmapd.artifact.disk.QuotaShare;
import dev.stackmapd.artifact.disk.ReadRateLimiter;
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

/// Where finished indexes lie: `<folder>/v1/<build-id>-<inputs>.index`, the build-id or htlhash being in the form
/// that look-ups compare ([BuildId#unpadded]), `inputs` a digest of the size and time of each file that it was made
/// from. A file that comes, goes or changes leads to another name. Beside it lies `….inputs` with all paths at which
/// parts of the debug information were looked for ([LookedFor]), found or not: an index is removed when something
/// else lies at one of them. So an index is never older than any file that could have taken part.
///
/// Everything in the folder counts against the quota and the free space of an artifact store: room is taken before an
/// index is written, and indexes that nobody reads go when the store needs room. A removed one counts until its last
/// reader has closed it.
///
/// Only one process may use a folder. Thread-safe.
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

    /// Makes the folder, removes what builds that were killed have left in it, and counts what else lies there.
    ///
    /// @param store whose quota the indexes share; lies elsewhere
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

    /// Where the index of these files lies or will lie.
    ///
    /// @throws IOException where one of them is gone by now
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

    /// Writes down what an index that was just written depends on; false where that is too much, and the index is gone.
    boolean keepInputs(Path place, LookedFor lookedFor) throws IOException {
        if (lookedFor.isFull()) {
            Files.deleteIfExists(place);
            return false;
        }
        lookedFor.write(inputsOf(place));
        return true;
    }

    /// Returns true if something else lies by now where files were looked for when an index was built.
    ///
    /// @param now knows the folders that files may be opened in
    public boolean isStale(Path place, LookedFor now) {
        return now.isStale(inputsOf(place));
    }

    /// An index that can be asked, to be closed by [IndexBackedSymbols#close]; empty where there is none, or
    /// none that this version reads. One that is stale, damaged, of an older version or of another binary is
    /// removed.
    ///
    /// @param now knows the folders that files may be opened in
    public Optional<IndexBackedSymbols> open(BuildId buildId, Path place, LookedFor now) {
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
            // Gone or not readable: the files themselves answer, and a new one is built.
        }
        return Optional.empty();
    }

    /// Opens all indexes one after the other, which verifies their checksums, and removes those that are
    /// damaged: one that is in use was verified when it was opened, and is not looked at again for as long as
    /// it stays open.
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
                // It is gone, or cannot be read now: the next look-up that opens it sees that.
            }
        }
    }

    private void dropDamaged(Path place, IndexOpening.Corrupt corrupt) {
        if (remove(place)) {
            LOG.error("the index {} was damaged on the disk and is built again: {}", place.getFileName(), corrupt);
            damaged.increment();
            onDamage.run();
        }
    }

    /// Has `listener` told when an index was removed because it is damaged, which may be open still. On any
    /// thread.
    public void listenToDamages(Runnable listener) {
        onDamage = listener;
    }

    /// Removes all indexes of a build-id: a file that they were made from was damaged.
    public void removeAll(BuildId buildId) {
        others(buildId, folder).forEach(this::remove);
    }

    /// Indexes since the start that were removed because they were damaged.
    long damaged() {
        return damaged.sum();
    }

    /// Takes room for an index before it is written; false where there is none.
    ///
    /// @param bytes at most needed for it, temporary files included
    boolean take(long bytes) throws IOException {
        return quotaShare.take(bytes);
    }

    /// Gives back room that nothing was written into.
    void giveUp(long taken) {
        quotaShare.settle(taken, 0);
    }

    /// Counts an index that was just written, and removes others of its build-id; whether it may stay. It goes where
    /// it is larger than expected and there is no room for the difference.
    ///
    /// @param taken room that was taken for it
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

    /// Whether there is nothing at the place any more.
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

    /// The file that was at the place is not there any more.
    private void forget(Path place) {
        StoredIndex gone;
        synchronized (stored) {
            gone = stored.remove(place);
        }
        if (gone != null && gone.retire()) {
            quotaShare.free(gone.bytes());
        }
    }

    private void leave(StoredIndex index) {
        if (index.leave()) {
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
                    .filter(entry -> !entry.getValue().inUse())
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
            if (!index.retireIfIdle()) {
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
                // It goes on counting until the folder is opened anew.
            }
        }
    }

    private static String digest(String inputs) {
        byte[] digest = Digests.sha256().digest(inputs.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, INPUT_DIGITS / 2);
    }
}
