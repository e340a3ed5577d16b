package dev.stackmapd.kernelmap;

import dev.stackmapd.stack.DetachedStack;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.Stack;
import java.util.Arrays;
import java.util.List;

/// What a bucket holds. Immutable, and never in a bucket twice, so a reader that has one has all of it.
///
/// @see KernelStackMap
sealed interface KernelElement {

    /// The full 32 bits, compared before the contents (SID-14).
    int hash();

    /// Whether the root end was cut off.
    boolean truncated();

    Stack stack();

    /// Addresses as they came.
    final class Ips implements KernelElement {
        private final int hash;
        private final long[] ips;
        private final boolean truncated;

        Ips(int hash, long[] ips, boolean truncated) {
            this.hash = hash;
            this.ips = ips;
            this.truncated = truncated;
        }

        @Override
        public int hash() {
            return hash;
        }

        @Override
        public boolean truncated() {
            return truncated;
        }

        /// Depth takes part, contents byte by byte (SID-06, SID-21).
        boolean holds(int otherHash, long[] other, int from, int to) {
            return hash == otherHash && Arrays.equals(ips, 0, ips.length, other, from, to);
        }

        @Override
        public Stack stack() {
            List<Frame> frames = Arrays.stream(ips)
                    .<Frame>mapToObj(
                            ip -> new Frame.Raw(ip, Frame.Reason.ofAddress(ip).orElse(Frame.Reason.NO_MAPPING)))
                    .toList();
            return new Stack(frames, truncated);
        }
    }

    /// Translated frames, with their build-ids.
    final class Translated implements KernelElement {
        private final int hash;
        private final DetachedStack frames;

        Translated(int hash, DetachedStack frames) {
            this.hash = hash;
            this.frames = frames;
        }

        @Override
        public int hash() {
            return hash;
        }

        @Override
        public boolean truncated() {
            return frames.truncated();
        }

        /// What the kernel would have stored is compared (SID-32), and it stores no reasons.
        boolean holds(int otherHash, DetachedStack other) {
            return hash == otherHash && frames.sameFrames(other);
        }

        @Override
        public Stack stack() {
            return frames.toStack();
        }
    }
}
