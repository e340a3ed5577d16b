package dev.stackmapd.kernelmap;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.stackmapd.dedupe.Stacks;
import dev.stackmapd.kernelmap.KernelStackMap.Removal;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.IIJ_Result;

/// Every outcome that some order of the calls could give, and no other.
public class KernelRaces {

    /// Two stacks for one bucket: one wins, the other gets EEXIST, and what is stored is the winner's.
    @JCStressTest
    @Outcome(id = "0, -17, " + 0x400010, expect = ACCEPTABLE, desc = "A won")
    @Outcome(id = "-17, 0, " + 0x400030, expect = ACCEPTABLE, desc = "B won")
    @State
    public static class OneBucket {
        private final KernelStackMap map = Stacks.kernelMap(2);

        @Actor
        public void a(IIJ_Result r) {
            r.r1 = Stacks.insert(map, Stacks.A, 0);
        }

        @Actor
        public void b(IIJ_Result r) {
            r.r2 = Stacks.insert(map, Stacks.B, 0);
        }

        @Arbiter
        public void after(IIJ_Result r) {
            r.r3 = Stacks.addressOf(map, 0);
        }
    }

    /// TST-03: of two callers who take a stack, one gets it.
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "the first got it")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "the second got it")
    @State
    public static class TakeTwice {
        private final KernelStackMap map = Stacks.kernelMap(2);

        public TakeTwice() {
            var _ = Stacks.insert(map, Stacks.A, 0);
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = map.take(0) instanceof Removal.Removed ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = map.take(0) instanceof Removal.Removed ? 1 : 0;
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = map.size();
        }
    }

    /// REUSE against removal: the element goes back once, whichever comes first.
    @JCStressTest
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "replaced, then removed")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "removed, then stored")
    @State
    public static class ReuseAndDelete {
        private final KernelStackMap map = Stacks.kernelMap(2);

        public ReuseAndDelete() {
            var _ = Stacks.insert(map, Stacks.A, 0);
        }

        @Actor
        public void writer(III_Result r) {
            r.r1 = Stacks.insert(map, Stacks.B, KernelStackMap.REUSE_STACKID);
        }

        @Actor
        public void remover(III_Result r) {
            r.r2 = map.delete(0) instanceof Removal.Removed ? 1 : 0;
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = map.size();
        }
    }

    /// A look-up takes nothing out (DEV-06): a second look-up, or an insertion, never meets a hole (MAP-51).
    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "there all the time")
    @State
    public static class LookUpAndInsert {
        private final KernelStackMap map = Stacks.kernelMap(2);

        public LookUpAndInsert() {
            var _ = Stacks.insert(map, Stacks.A, 0);
        }

        @Actor
        public void reader(III_Result r) {
            r.r1 = Stacks.addressOf(map, 0) == Stacks.A ? 1 : 0;
        }

        @Actor
        public void writer(III_Result r) {
            r.r2 = Stacks.insert(map, Stacks.A, 0);
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = map.size();
        }
    }

    /// The last element of the pool, two new stacks in different buckets: one gets ENOMEM.
    @JCStressTest
    @Outcome(id = "2, -12, 3", expect = ACCEPTABLE, desc = "the first got it")
    @Outcome(id = "-12, 3, 3", expect = ACCEPTABLE, desc = "the second got it")
    @State
    public static class LastElement {
        private final KernelStackMap map = Stacks.kernelMap(3);

        public LastElement() {
            var _ = Stacks.insert(map, 0x400030, 0);
            for (long ip = 1; map.size() < 2; ip++) {
                if ((JHash2.hash(new long[] {ip}, 0, 1) & 3) == 1) {
                    var _ = Stacks.insert(map, ip, 0);
                }
            }
        }

        @Actor
        public void one(III_Result r) {
            r.r1 = Stacks.insert(map, 0x400010, 0);
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Stacks.insert(map, 0x400020, 0);
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = map.size();
        }
    }
}
