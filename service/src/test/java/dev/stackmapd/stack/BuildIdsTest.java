package dev.stackmapd.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.elf.BuildId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class BuildIdsTest {
    private final BuildIds ids = new BuildIds(2);

    @Test
    void keptIdsHaveTheirNumbersForGood() {
        assertThat(Packing.numberOf(ids, id(7))).isZero();
        assertThat(Packing.numberOf(ids, id(8))).isEqualTo(1);
        try (BuildIds.Claim claim = ids.claim()) {
            assertThat(claim.ordinalOf(id(9))).isEmpty();
            assertThat(claim.ordinalOf(id(7))).hasValue(0);
        }
        assertThat(ids.size()).isEqualTo(2);
        assertThat(ids.get(0)).isEqualTo(id(7));
    }

    @Test
    void whatNoClaimKeepsIsGivenBack() {
        for (int refused = 0; refused < 100; refused++) {
            try (BuildIds.Claim claim = ids.claim()) {
                assertThat(claim.ordinalOf(id(refused))).isPresent();
                assertThat(claim.ordinalOf(id(refused + 1))).isPresent();
                assertThat(claim.ordinalOf(id(refused + 2))).isEmpty();
            }
            assertThat(ids.size()).isZero();
        }
        assertThat(Packing.numberOf(ids, id(200))).isLessThan(2);
    }

    @Test
    void anIdThatTwoClaimsUseStaysUntilBothAreClosed() {
        BuildIds.Claim first = ids.claim();
        BuildIds.Claim second = ids.claim();
        int number = first.ordinalOf(id(1)).orElseThrow();
        assertThat(second.ordinalOf(id(1))).hasValue(number);
        first.close();
        assertThat(ids.get(number)).isEqualTo(id(1));
        assertThat(ids.size()).isEqualTo(1);
        second.close();
        assertThat(ids.size()).isZero();
    }

    @Test
    void anIdThatOneOfTwoClaimsKeepsStays() {
        BuildIds.Claim keeps = ids.claim();
        BuildIds.Claim refused = ids.claim();
        int number = keeps.ordinalOf(id(1)).orElseThrow();
        assertThat(refused.ordinalOf(id(1))).hasValue(number);
        keeps.keep();
        keeps.close();
        refused.close();
        assertThat(Packing.numberOf(ids, id(1))).isEqualTo(number);
        assertThat(ids.size()).isEqualTo(1);
    }

    @Test
    void onlyNumbersThatWereGivenMeanSomething() {
        assertThatThrownBy(() -> ids.get(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BuildIds(0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new BuildIds(1).capacity()).isEqualTo(1);
    }

    /// Batches of two threads claim the same few ids, and keep one in four: a number must never mean two ids.
    @Test
    void numbersAreNotMixedUpBetweenThreads() throws Exception {
        BuildIds shared = new BuildIds(64);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<Void>> running = new ArrayList<>();
            for (long seed = 1; seed <= 2; seed++) {
                running.add(threads.submit(batches(shared, new SplittableRandom(seed))));
            }
            for (Future<Void> each : running) {
                each.get();
            }
        }
        assertThat(shared.size()).isLessThanOrEqualTo(40);
    }

    private static Callable<Void> batches(BuildIds shared, SplittableRandom random) {
        return () -> {
            for (int batch = 0; batch < 20_000; batch++) {
                try (BuildIds.Claim claim = shared.claim()) {
                    Map<BuildId, Integer> given = new HashMap<>();
                    for (int i = 0; i < 4; i++) {
                        BuildId id = id(random.nextInt(40));
                        given.put(id, claim.ordinalOf(id).orElseThrow());
                    }
                    given.forEach((id, number) -> assertThat(shared.get(number)).isEqualTo(id));
                    if (random.nextInt(4) == 0) {
                        claim.keep();
                    }
                }
            }
            return null;
        };
    }

    private static BuildId id(int number) {
        return BuildId.of(new byte[] {1, (byte) number});
    }
}
