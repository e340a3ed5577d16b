package dev.stackmapd.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.series.SampleType;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.Packing;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What every [BinaryStore] promises.
public abstract class BinaryStoreContract extends StoreContract {
    @Test
    void countsFramesOfEachBinaryAndRemembersWhereItWasMapped() {
        BuildId app = BuildId.parse("0badcafe").orElseThrow();
        Stack both = new Stack(
                List.of(
                        inFile(LIBC, 1),
                        inFile(LIBC, 2),
                        inFile(app, 1L << 50),
                        new Frame.Named("jvm", "a.B.c", "", 0),
                        inFile(LIBC, 3)),
                false);
        try (BatchTransaction transaction = store.batches().begin()) {
            transaction.series(series("a"), SampleType.Aggregation.SUM);
            transaction.add(Packing.pack(both, transaction.bases()), 10, NOON);
            transaction.add(Packing.pack(stack(1), transaction.bases()), 1, NOON - 1_000);
            transaction.mapped(LIBC, "/usr/lib/libc.so.6");
            transaction.mapped(LIBC, "/usr/lib/libc.so.6");
            transaction.mapped(LIBC, "/snap/libc.so.6");
            stored(transaction.commit(""));
        }
        put(store, stack(7));
        SeenBinary libc = new SeenBinary(
                LIBC,
                List.of("/usr/lib/libc.so.6", "/snap/libc.so.6"),
                32,
                Instant.ofEpochMilli(NOON - 1_000),
                Instant.ofEpochMilli(NOON));
        assertThat(store.binaries().find(LIBC)).contains(libc);
        assertThat(store.binaries().module(LIBC)).contains("libc.so.6");
        assertThat(store.binaries().module(app)).isEmpty();
        assertThat(store.binaries().page(Optional.empty(), 9).items())
                .containsExactly(
                        libc,
                        new SeenBinary(app, List.of(), 10, Instant.ofEpochMilli(NOON), Instant.ofEpochMilli(NOON)));
    }

    @Test
    void countsFramesOfABatchThroughManyBinaries() {
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            for (int binary : new int[] {i, i / 2}) {
                frames.add(inFile(BuildId.of(new byte[] {2, (byte) binary, (byte) (binary >> 8), 1}), i));
            }
        }
        try (BatchTransaction transaction = store.batches().begin()) {
            transaction.series(series("a"), SampleType.Aggregation.SUM);
            transaction.add(Packing.pack(new Stack(frames, false), transaction.bases()), 3, NOON);
            stored(transaction.commit(""));
        }
        List<Long> counts = new ArrayList<>();
        store.binaries().walk(seen -> counts.add(seen.frames()));
        assertThat(counts).hasSize(500);
        assertThat(counts.subList(0, 250)).containsOnly(9L);
        assertThat(counts.subList(250, 500)).containsOnly(3L);
    }

    @Test
    void countsFramesOfKernelsAndOfFilesByHtlhash() {
        BuildId kernel = BuildId.parse("5f1c").orElseThrow();
        BuildId hash = BuildId.ofHtlhash(new byte[16]);
        put(store, new Stack(List.of(new Frame.InKernel(kernel, 1), inFile(hash, 2), inFile(hash, 3)), false));
        assertThat(store.binaries().find(kernel).orElseThrow().frames()).isEqualTo(1);
        assertThat(store.binaries().find(hash).orElseThrow().frames()).isEqualTo(2);
        assertThat(store.binaries().find(BuildId.of(new byte[16]))).isEmpty();
    }

    /// The kernel pads build-ids to 20 bytes, and a file's own may be shorter (XLT-12).
    @Test
    void aBinaryIsOneWhicheverFormItsBuildIdHas() {
        BuildId own = BuildId.parse("0102030405060708").orElseThrow();
        BuildId padded = own.forms().getLast();
        StackId paddedStack = seen(padded, "/opt/padded", 3, NOON);
        assertThat(store.binaries().find(own).orElseThrow().buildId()).isEqualTo(padded);
        StackId ownStack = seen(own, "/opt/own", 5, NOON + 1_000);

        SeenBinary both = new SeenBinary(
                own,
                List.of("/opt/padded", "/opt/own"),
                8,
                Instant.ofEpochMilli(NOON),
                Instant.ofEpochMilli(NOON + 1_000));
        assertThat(store.binaries().find(padded)).contains(both);
        assertThat(store.binaries().find(own)).contains(both);
        assertThat(store.binaries().module(padded)).contains("padded");
        assertThat(store.binaries().page(Optional.empty(), 9).items()).containsExactly(both);
        assertThat(store.stacks().find(paddedStack).orElseThrow().frames())
                .as("a stack keeps what was sent first")
                .containsExactly(inFile(padded, 1));
        assertThat(ownStack).isEqualTo(paddedStack);
    }

    private StackId seen(BuildId buildId, String path, long value, long time) {
        try (BatchTransaction transaction = store.batches().begin()) {
            transaction.series(series("a"), SampleType.Aggregation.SUM);
            transaction.add(
                    Packing.pack(new Stack(List.of(inFile(buildId, 1)), false), transaction.bases()), value, time);
            transaction.mapped(buildId, path);
            return stored(transaction.commit("")).ids().getFirst();
        }
    }

    @Test
    void pagesThroughBinariesWithMostFramesFirst() {
        List<BuildId> ids = new ArrayList<>();
        for (int i : new int[] {5, 0x80, 1, 0xff, 3}) {
            ids.add(BuildId.of(new byte[] {(byte) i, 1, 0}));
        }
        long[] frames = {7, 2, 7, 9, 1};
        for (int i = 0; i < frames.length; i++) {
            seen(ids.get(i), "/a", frames[i], NOON);
        }
        seen(ids.get(4), "/a", 2, NOON);
        List<BuildId> expected = List.of(ids.get(3), ids.get(2), ids.get(0), ids.get(4), ids.get(1));

        assertThat(ids(store.binaries().page(Optional.empty(), 9))).isEqualTo(expected);
        Page<SeenBinary> first = store.binaries().page(Optional.empty(), 2);
        assertThat(ids(first)).isEqualTo(expected.subList(0, 2));
        Page<SeenBinary> second = store.binaries().page(first.cursor(), 2);
        assertThat(ids(second)).isEqualTo(expected.subList(2, 4));
        Page<SeenBinary> last = store.binaries().page(second.cursor(), 2);
        assertThat(ids(last)).isEqualTo(expected.subList(4, 5));
        assertThat(last.next()).isNull();
        assertThat(store.binaries().page(Optional.empty(), 5).next()).isNull();
    }

    @Test
    void walksBinariesUntilItIsTold() {
        for (int i = 0; i < 600; i++) {
            seen(BuildId.of(new byte[] {1, (byte) i, (byte) (i >> 8), 1}), "/a", 1_000 - i, NOON);
        }
        List<Long> all = new ArrayList<>();
        store.binaries().walk(seen -> all.add(seen.frames()));
        assertThat(all).hasSize(600).isSortedAccordingTo(Comparator.reverseOrder());
        List<Long> some = new ArrayList<>();
        store.binaries().walk(seen -> {
            some.add(seen.frames());
            return some.size() < 300;
        });
        assertThat(some).isEqualTo(all.subList(0, 300));
    }

    private static List<BuildId> ids(Page<SeenBinary> page) {
        return page.items().stream().map(SeenBinary::buildId).toList();
    }

    @Test
    void remembersAFewPathsOfABinary() {
        for (int i = 0; i < 20; i++) {
            seen(LIBC, "/copy/" + i, 1, NOON);
        }
        assertThat(store.binaries().find(LIBC).orElseThrow().paths()).hasSize(SeenBinary.MAX_PATHS);
    }
}
