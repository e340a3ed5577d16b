package dev.stackmapd.dedupe;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.StackId;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/// Every outcome that some order of the calls could give, and no other.
public class ExactRaces {

    /// Two threads insert one stack: it is stored once, and both get entry 0.
    @JCStressTest
    @Outcome(id = "-1, 0, 1", expect = ACCEPTABLE, desc = "the first stored it")
    @Outcome(id = "0, -1, 1", expect = ACCEPTABLE, desc = "the second stored it")
    @State
    public static class SameStack {
        private final ExactStackMap map = Stacks.exactMap(1 << 20);

        @Actor
        public void one(III_Result r) {
            r.r1 = Stacks.insert(map, Stacks.packed(Stacks.A));
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Stacks.insert(map, Stacks.packed(Stacks.A));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = map.size();
        }
    }

    /// Room for one, two inserted: exactly one is refused.
    @JCStressTest
    @Outcome(id = "-1, -2147483648, 1", expect = ACCEPTABLE, desc = "the first took the last place")
    @Outcome(id = "-2147483648, -1, 1", expect = ACCEPTABLE, desc = "the second took the last place")
    @State
    public static class LastRoom {
        private final ExactStackMap map = Stacks.exactMap(ExactStackMap.ENTRY_BYTES + Long.BYTES);

        @Actor
        public void one(III_Result r) {
            r.r1 = Stacks.insert(map, Stacks.packed(Stacks.A));
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Stacks.insert(map, Stacks.packed(Stacks.B));
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = map.size();
        }
    }

    /// Once any way of reading leads to the stack, every way does, and it is whole.
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not there yet, by either way")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "it came between")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "there")
    @State
    public static class FoundThenListed {
        private final ExactStackMap map = Stacks.exactMap(1 << 20);

        @Actor
        public void writer() {
            var _ = Stacks.insert(map, Stacks.packed(Stacks.A));
        }

        @Actor
        public void reader(II_Result r) {
            PackedStack stack = Stacks.packed(Stacks.A);
            r.r1 = map.find(stack) == ExactStackMap.NONE ? 0 : 1;
            List<StackId> ids = map.first(1);
            r.r2 = ids.isEmpty() || map.entryOf(ids.getFirst()) == ExactStackMap.NONE ? 0 : 1;
        }
    }

    /// The other way about: what a page lists is found.
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not there yet, by either way")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "it came between")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "there")
    @State
    public static class ListedThenFound {
        private final ExactStackMap map = Stacks.exactMap(1 << 20);

        @Actor
        public void writer() {
            var _ = Stacks.insert(map, Stacks.packed(Stacks.A));
        }

        @Actor
        public void reader(II_Result r) {
            r.r1 = map.first(1).size();
            int entry = map.find(Stacks.packed(Stacks.A));
            r.r2 = entry == ExactStackMap.NONE ? 0 : map.stack(entry).frames().size();
        }
    }
}
