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

class FrameBasesTest {
    private final FrameBases bases = Packing.bases(2);

    @Test
    void keptIdsHaveTheirNumbersForGood() {
        assertThat(Packing.numberOf(bases, id(7))).isZero();
        assertThat(Packing.numberOf(bases, id(8))).isEqualTo(1);
        try (FrameBases.Claim claim = bases.claim()) {
            assertThat(claim.numberOf(file(9))).isEmpty();
            assertThat(claim.numberOf(file(7))).hasValue(0);
        }
        assertThat(bases.size()).isEqualTo(2);
        assertThat(bases.get(0)).isEqualTo(file(7));
    }

    @Test
    void whatNoClaimKeepsIsGivenBack() {
        for (int refused = 0; refused < 100; refused++) {
            try (FrameBases.Claim claim = bases.claim()) {
                assertThat(claim.numberOf(file(refused))).isPresent();
                assertThat(claim.numberOf(file(refused + 1))).isPresent();
                assertThat(claim.numberOf(file(refused + 2))).isEmpty();
            }
            assertThat(bases.size()).isZero();
        }
        assertThat(Packing.numberOf(bases, id(200))).isLessThan(2);
    }

    @Test
    void anIdThatTwoClaimsUseStaysUntilBothAreClosed() {
        FrameBases.Claim first = bases.claim();
        FrameBases.Claim second = bases.claim();
        int number = first.numberOf(file(1)).orElseThrow();
        assertThat(second.numberOf(file(1))).hasValue(number);
        first.close();
        assertThat(bases.get(number)).isEqualTo(file(1));
        assertThat(bases.size()).isEqualTo(1);
        second.close();
        assertThat(bases.size()).isZero();
    }

    @Test
    void anIdThatOneOfTwoClaimsKeepsStays() {
        FrameBases.Claim keeps = bases.claim();
        FrameBases.Claim refused = bases.claim();
        int number = keeps.numberOf(file(1)).orElseThrow();
        assertThat(refused.numberOf(file(1))).hasValue(number);
        keeps.keep();
        keeps.close();
        refused.close();
        assertThat(Packing.numberOf(bases, id(1))).isEqualTo(number);
        assertThat(bases.size()).isEqualTo(1);
    }

    @Test
    void onlyNumbersThatWereGivenMeanSomething() {
        assertThatThrownBy(() -> bases.get(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Packing.bases(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void equalTextsOfFunctionsAreKeptOnce() {
        String name = "com.example.A.run";
        FrameBases few = new FrameBases(2L * FrameBases.BINARY_BYTES
                + FrameBases.textBytes("jvm")
                + FrameBases.textBytes(name)
                + FrameBases.textBytes("A.java"));
        FrameBase.Function one = new FrameBase.Function("jvm", name, "A.java");
        FrameBase.Function other = new FrameBase.Function("jvm", "A.java", name);
        int number = Packing.numberOf(few, one);
        try (FrameBases.Claim claim = few.claim()) {
            assertThat(claim.numberOf(new FrameBase.Function("jvm", "x", ""))).isEmpty();
            int second = claim.numberOf(other).orElseThrow();
            FrameBase.Function kept = (FrameBase.Function) few.get(number);
            assertThat(few.get(second)).isEqualTo(other);
            assertThat(((FrameBase.Function) few.get(second)).file()).isSameAs(kept.name());
        }
        assertThat(few.size()).isEqualTo(1);
        assertThat(few.get(number)).isEqualTo(one);
    }

    @Test
    void textsOfFunctionsThatNoBatchKeepsAreGivenBack() {
        FrameBases few = new FrameBases(10_000);
        for (int i = 0; i < 1_000; i++) {
            try (FrameBases.Claim claim = few.claim()) {
                assertThat(claim.numberOf(new FrameBase.Function("jvm", "f" + i, "x".repeat(4_000))))
                        .isPresent();
            }
            assertThat(few.bytes()).isZero();
        }
    }

    @Test
    void aFileAndAKernelOfOneBuildIdAreTwoBases() {
        assertThat(Packing.numberOf(bases, new FrameBase.Kernel(id(1)))).isNotEqualTo(Packing.numberOf(bases, id(1)));
    }

    /// Batches of two threads claim the same few ids, and keep one in four: a number must never mean two bases.
    @Test
    void numbersAreNotMixedUpBetweenThreads() throws Exception {
        FrameBases shared = Packing.bases(64);
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

    private static Callable<Void> batches(FrameBases shared, SplittableRandom random) {
        return () -> {
            for (int batch = 0; batch < 20_000; batch++) {
                try (FrameBases.Claim claim = shared.claim()) {
                    Map<FrameBase, Integer> given = new HashMap<>();
                    for (int i = 0; i < 4; i++) {
                        FrameBase id = file(random.nextInt(40));
                        given.put(id, claim.numberOf(id).orElseThrow());
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

    private static FrameBase file(int number) {
        return new FrameBase.File(id(number));
    }

    private static BuildId id(int number) {
        return BuildId.of(new byte[] {1, (byte) number});
    }
}
