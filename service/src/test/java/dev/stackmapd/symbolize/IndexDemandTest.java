package dev.stackmapd.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.symbolize.index.IndexInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Queries for many offsets of a binary wait for its index.
class IndexDemandTest extends SymbolizerFixture {
    @Test
    void aQuestionForManyPlacesWaitsForTheIndex() throws Exception {
        copy("demo");
        Symbolizer symbolizer = symbolizer();
        IndexDemand asked = places(IndexDemand.MANY);
        assertThat(asked.binariesWithManyOffsets()).containsExactly(id("demo"));

        symbolizer.indexes(asked).get(1, TimeUnit.MINUTES);

        assertThat(symbolizer.state(id("demo")))
                .isEqualTo(new BinaryState.Open(BinaryState.NameSource.INDEX, List.of()));
        assertThat(symbolizer.indexes(asked)).as("there is nothing to wait for").isDone();
        assertThat(builds.built()).isEqualTo(1);
    }

    @Test
    void aQuestionForFewPlacesDoesNotWait() throws Exception {
        copy("demo");
        IndexDemand asked = places(IndexDemand.MANY - 1);
        asked.add(new Frame.InFile(id("demo"), new FileOffset(0)));
        assertThat(asked.binariesWithManyOffsets()).as("one of them twice").isEmpty();
        assertThat(symbolizer().indexes(asked)).isDone();
        assertThat(builds.underWay() + builds.built()).isZero();
    }

    @Test
    void ofManyBinariesOnlyTheFirstAreCounted() {
        IndexDemand asked = new IndexDemand();
        for (int place = 0; place < IndexDemand.MANY; place++) {
            for (int binary = 0; binary < 600; binary++) {
                BuildId buildId = BuildId.of(new byte[] {(byte) (binary >> 8), (byte) binary, 1});
                asked.add(new Frame.InFile(buildId, new FileOffset(place)));
            }
        }
        assertThat(asked.binariesWithManyOffsets()).hasSize(500);
    }

    @Test
    void aBuildIsWaitedForUnlessManyAreUnderWay() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            BuildId buildId = BuildId.of(new byte[] {(byte) i});
            builds.want(buildId, cache.resolve("index" + i), () -> nothing(go), () -> {});
            ends.add(builds.end(buildId));
        }
        assertThat(ends).extracting(CompletableFuture::isDone).containsExactly(false, false, false, true);
        assertThat(builds.end(BuildId.of(new byte[] {9})))
                .as("of a binary that is not asked for")
                .isDone();
        go.countDown();
        CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new)).get(1, TimeUnit.MINUTES);
    }

    @Test
    void nobodyWaitsForABuildThatTheEndOfTheServiceHasDropped() {
        CountDownLatch never = new CountDownLatch(1);
        BuildId buildId = BuildId.of(new byte[] {1});
        builds.want(buildId, cache.resolve("index"), () -> nothing(never), () -> {});
        CompletableFuture<Void> end = builds.end(buildId);
        builds.close();
        assertThat(end).isDone();
    }

    private static Optional<IndexInput> nothing(CountDownLatch after) {
        try {
            after.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    private IndexDemand places(int count) throws Exception {
        IndexDemand asked = new IndexDemand();
        for (int i = 0; i < count; i++) {
            asked.add(new Frame.InFile(id("demo"), new FileOffset(i)));
        }
        return asked;
    }
}
