package dev.stackmapd.artifact.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.artifact.disk.Artifact.Symbols;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A store with space for four files does what a plain model of it does.
class RandomOperationsTest {
    private static final int OPERATIONS = 200;

    /// What is held: a list, walked for everything.
    private static final class Model {
        private final long quota;
        private final List<Held> held = new ArrayList<>();
        private final List<Held> read = new ArrayList<>();
        private int clock;

        Model(long quota) {
            this.quota = quota;
        }

        private static final class Held {
            private final Sample sample;
            private final boolean good;
            private boolean upload;
            private boolean fetched;
            private int used;

            Held(Sample sample, boolean good, boolean upload, boolean fetched, int used) {
                this.sample = sample;
                this.good = good;
                this.upload = upload;
                this.fetched = fetched;
                this.used = used;
            }
        }

        long bytes() {
            return Stream.concat(held.stream(), read.stream())
                    .distinct()
                    .mapToLong(each -> each.sample.cost())
                    .sum();
        }

        String offer(Sample sample, boolean good, boolean upload) {
            List<Held> candidates = held.stream()
                    .filter(each -> !each.upload && !read.contains(each))
                    .filter(each -> !each.sample.key().equals(sample.key()))
                    .sorted(Comparator.comparingInt(each -> each.used))
                    .toList();
            long missing = bytes() + sample.cost() - quota;
            if (candidates.stream().mapToLong(each -> each.sample.cost()).sum() < missing) {
                return "NoSpace";
            }
            for (Held candidate : candidates) {
                if (missing > 0) {
                    missing -= candidate.sample.cost();
                    held.remove(candidate);
                }
            }
            Held old = find(sample);
            if (old == null) {
                held.add(new Held(sample, good, upload, !upload, clock++));
                return "Stored";
            }
            if (old.sample.equals(sample)) {
                old.upload |= upload;
                old.fetched |= !upload;
                return "AlreadyThere";
            }
            boolean sameTrust = old.fetched == !upload;
            boolean better = good && !old.good;
            boolean noWorse = good || !old.good;
            if (sameTrust ? !better : upload || !noWorse) {
                return "Worse";
            }
            held.remove(old);
            held.add(new Held(sample, good, upload || old.upload, !upload, clock++));
            return "Replaced";
        }

        @Nullable
        Held find(Sample sample) {
            return held.stream()
                    .filter(each -> each.sample.key().equals(sample.key()))
                    .findFirst()
                    .orElse(null);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 20_261_123})
    void theStoreDoesWhatTheModelDoes(long seed, @TempDir Path directory) throws Exception {
        Random random = new Random(seed);
        Sample executable = Sample.executable();
        StoreFolder folder = new StoreFolder(directory.resolve("store")).quota(4 * executable.cost() + 100);
        Model model = new Model(4 * executable.cost() + 100);
        Map<Lease, Model.Held> leases = new HashMap<>();
        Map<String, Integer> seen = new TreeMap<>();
        ArtifactStore store = folder.open();
        for (int i = 0; i < OPERATIONS; i++) {
            boolean good = random.nextBoolean();
            Sample whole = executable.numbered(random.nextInt(7));
            Sample sample = (good ? whole : whole.worse()).padded(random.nextInt(2));
            switch (random.nextInt(8)) {
                case 0, 1, 2, 3 -> {
                    boolean upload = random.nextInt(3) == 0;
                    Origin origin = upload ? StoreFolder.UPLOAD : StoreFolder.FETCH;
                    String expected = model.offer(sample, good, upload);
                    ReceiveResult result = StoreFolder.putAnnounced(store, sample, origin);
                    assertThat(result.getClass().getSimpleName()).isEqualTo(expected);
                    seen.merge(expected, 1, Integer::sum);
                }
                case 4 -> {
                    Model.Held held = model.find(sample);
                    assertThat(store.remove(sample.buildId(), sample.kind())).isEqualTo(held != null);
                    model.held.remove(held);
                }
                case 5 -> {
                    Model.Held held = model.find(sample);
                    Lease lease = store.lease(sample.buildId(), sample.kind()).orElse(null);
                    assertThat(lease != null).isEqualTo(held != null);
                    if (lease != null && held != null) {
                        assertThat(lease.path()).hasBinaryContent(held.sample.bytes());
                        held.used = model.clock++;
                        model.read.add(held);
                        leases.put(lease, held);
                    }
                }
                case 6 -> closeSome(random, leases, model);
                default -> {
                    if (random.nextInt(5) == 0) {
                        leases.keySet().forEach(Lease::close);
                        leases.clear();
                        model.read.clear();
                        store.close();
                        store = folder.open();
                        assertThat(store.report().swept()).isZero();
                        folder.isInOrder(store);
                    }
                }
            }
            compare(store, model, executable);
        }
        store.close();
        assertThat(seen).hasSize(5);
    }

    private static void closeSome(Random random, Map<Lease, Model.Held> leases, Model model) {
        for (Lease lease : List.copyOf(leases.keySet())) {
            if (random.nextInt(3) > 0) {
                Model.Held held = leases.remove(lease);
                lease.close();
                model.read.remove(held);
            }
        }
    }

    private static void compare(ArtifactStore store, Model model, Sample executable) throws IOException {
        Map<Long, String> expected = new TreeMap<>();
        Map<Long, String> found = new TreeMap<>();
        for (Model.Held held : model.held) {
            long id = Long.parseLong(held.sample.buildId().hex(), 16);
            expected.put(id, held.sample.size() + " " + held.good);
        }
        for (int i = 0; i < 7; i++) {
            Sample sample = executable.numbered(i);
            String text = store.held(sample.buildId()).stream()
                    .map(held -> held.size() + " " + (held.quality().symbols() == Symbols.DEBUG_INFORMATION))
                    .collect(Collectors.joining());
            if (!text.isEmpty()) {
                found.put(Long.parseLong(sample.buildId().hex(), 16), text);
            }
        }
        assertThat(found).isEqualTo(expected);
        assertThat(store.usage().bytes()).isEqualTo(model.bytes());
        assertThat(store.usage().artifacts()).isEqualTo(model.held.size());
    }
}
