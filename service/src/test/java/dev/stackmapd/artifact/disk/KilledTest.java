package dev.stackmapd.artifact.disk;

import static dev.stackmapd.artifact.disk.StoreFolder.FETCH;
import static dev.stackmapd.artifact.disk.StoreFolder.UPLOAD;
import static dev.stackmapd.artifact.disk.StoreFolder.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.artifact.disk.Disk.CrashPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// After each step of each change, what a process that died there has left is opened again. It holds what was there
/// before or what is there after, each file whole, and nothing else lies on the disk.
///
/// A copy of the folder, made while the step is reported, stands for the death; in one test processes really die.
class KilledTest {
    @TempDir
    private Path directory;

    @SuppressWarnings("NullAway.Init") // read before each test
    private Sample first;

    @SuppressWarnings("NullAway.Init") // read before each test
    private Sample second;

    @SuppressWarnings("NullAway.Init") // read before each test
    private Sample third;

    @BeforeEach
    void read() throws IOException {
        first = Sample.executable();
        second = first.numbered(2);
        third = first.numbered(3);
    }

    private interface Change {
        void make(ArtifactStore store) throws IOException;
    }

    @Test
    void whileStoring() throws Exception {
        Set<CrashPoint> steps =
                check(store -> {}, store -> put(store, first, UPLOAD), List.of(Set.of(), Set.of(first)));
        assertThat(steps).isEqualTo(EnumSet.range(CrashPoint.INCOMING_CREATED, CrashPoint.RECORD_DURABLE));
    }

    @Test
    void whileReplacing() throws Exception {
        Set<CrashPoint> steps = check(
                store -> put(store, first.worse(), UPLOAD),
                store -> put(store, first, UPLOAD),
                List.of(Set.of(first.worse()), Set.of(first)));
        assertThat(steps).contains(CrashPoint.CONTENT_REMOVED).doesNotContain(CrashPoint.RECORD_REMOVED);
    }

    @Test
    void whileEvictingForAnother() throws Exception {
        Set<CrashPoint> steps = check(
                store -> {
                    put(store, first, FETCH);
                    put(store, second, FETCH);
                },
                store -> put(store, third, UPLOAD),
                List.of(Set.of(first, second), Set.of(second), Set.of(second, third)));
        assertThat(steps).isEqualTo(EnumSet.allOf(CrashPoint.class));
    }

    @Test
    void whileRemoving() throws Exception {
        Set<CrashPoint> steps = check(
                store -> {
                    put(store, first, UPLOAD);
                    put(store, second, FETCH);
                },
                store -> store.remove(first.buildId(), first.kind()),
                List.of(Set.of(first, second), Set.of(second)));
        assertThat(steps).containsExactly(CrashPoint.RECORD_REMOVED, CrashPoint.CONTENT_REMOVED);
    }

    @Test
    void whileRemovingWhatIsRead() throws Exception {
        check(
                store -> put(store, first, UPLOAD),
                store -> {
                    try (Lease lease =
                            store.lease(first.buildId(), first.kind()).orElseThrow()) {
                        store.remove(first.buildId(), first.kind());
                        assertThat(lease.path()).exists();
                    }
                },
                List.of(Set.of(first), Set.of()));
    }

    @Test
    void whileAFetchedFileBecomesAnUpload() throws Exception {
        check(store -> put(store, first, FETCH), store -> put(store, first, UPLOAD), List.of(Set.of(first)));
    }

    /// Recovery is a change too, and may be interrupted itself.
    @Test
    void whileMendingABrokenRecord() throws Exception {
        StoreFolder folder = folder(directory.resolve("store"));
        try (ArtifactStore store = folder.open()) {
            put(store, first, UPLOAD);
        }
        Path record = StoreFolder.files(folder.path()).stream()
                .filter(file -> file.toString().endsWith(".record"))
                .findFirst()
                .orElseThrow();
        Files.write(record, new byte[3]);
        List<Path> copies = new ArrayList<>();
        folder.listening(step -> copies.add(copy(folder.path(), copies.size())))
                .open()
                .close();
        assertThat(copies).hasSize(3);
        for (Path copy : copies) {
            assertThat(reopened(copy)).isEqualTo(Set.of(first));
        }
    }

    /// An upload replaces a worse one, for which a fetched file has to go: all steps there are.
    @Test
    void inAProcessThatReallyDies() throws Exception {
        Path file = Files.write(directory.resolve("file"), first.bytes());
        List<Process> children = new ArrayList<>();
        int most = 22;
        for (int step = 1; step <= most; step++) {
            Path path = directory.resolve("killed-" + step);
            try (ArtifactStore store = folder(path).open()) {
                put(store, first.worse(), UPLOAD);
                put(store, second, FETCH);
            }
            String quota = Long.toString(2 * first.cost() + DiskBudget.OVERHEAD + 2_500);
            children.add(ChildStore.start(
                    ChildStore.UPLOAD, path, file.toString(), first.buildId().hex(), quota, "" + step));
            if (children.size() > 1) {
                children.get(children.size() - 2).waitFor();
            }
        }
        List<Set<Sample>> states = new ArrayList<>();
        int killed = 0;
        for (int step = 1; step <= most; step++) {
            int exit = children.get(step - 1).waitFor();
            assertThat(exit).isIn(0, ChildStore.KILLED);
            killed += exit == ChildStore.KILLED ? 1 : 0;
            states.add(reopened(directory.resolve("killed-" + step)));
        }
        assertThat(killed).isBetween(CrashPoint.values().length, most - 1);
        assertThat(states).startsWith(Set.of(first.worse(), second)).endsWith(Set.of(first));
        inOrder(states, List.of(Set.of(first.worse(), second), Set.of(first.worse()), Set.of(first)));
    }

    /// @param states in the order in which they may come, the last of which must
    /// @return the steps that were taken
    private Set<CrashPoint> check(Change before, Change change, List<Set<Sample>> states) throws IOException {
        StoreFolder folder = folder(directory.resolve("store"));
        List<Path> copies = new ArrayList<>();
        Set<CrashPoint> steps = EnumSet.noneOf(CrashPoint.class);
        try (ArtifactStore store = folder.open()) {
            before.make(store);
            folder.listening(step -> {
                steps.add(step);
                copies.add(copy(folder.path(), copies.size()));
            });
            change.make(store);
            folder.listening(CrashPoint.Listener.NONE);
            folder.isInOrder(store);
        }
        List<Set<Sample>> found = new ArrayList<>();
        for (Path copy : copies) {
            found.add(reopened(copy));
        }
        inOrder(found, states);
        assertThat(reopened(folder.path())).isEqualTo(states.getLast());
        return steps;
    }

    private static void inOrder(List<Set<Sample>> found, List<Set<Sample>> states) {
        assertThat(states).containsAll(found);
        List<Integer> indexes = found.stream().map(states::indexOf).toList();
        assertThat(indexes).isSorted();
    }

    private StoreFolder folder(Path path) {
        return new StoreFolder(path).quota(2 * first.cost());
    }

    /// What is held whole in a folder that somebody died over.
    private Set<Sample> reopened(Path path) throws IOException {
        StoreFolder folder = folder(path);
        try (ArtifactStore store = folder.open()) {
            folder.isInOrder(store);
            assertThat(store.report().dropped()).isZero();
            assertThat(StoreFolder.files(path.resolve("v1/incoming"))).isEmpty();
            return Stream.of(first.worse(), first, second, third)
                    .filter(sample -> isHeld(store, sample))
                    .collect(Collectors.toSet());
        }
    }

    private static boolean isHeld(ArtifactStore store, Sample sample) {
        try (Lease lease = store.lease(sample.buildId(), sample.kind()).orElse(null)) {
            return lease != null && Arrays.equals(Files.readAllBytes(lease.path()), sample.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path copy(Path folder, int number) {
        Path copy = directory.resolve("copy-" + number);
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                Files.copy(path, copy.resolve(folder.relativize(path).toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copy;
    }
}
