package dev.stackmapd.kernelmap;

import dev.stackmapd.stack.DetachedStack;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.Stack;
import java.util.Arrays;
import java.util.List;

/// The contents of a bucket. Immutable, and never put into a bucket twice, so a reader always sees a
/// complete element.
///
/// @see KernelStackMap
sealed interface KernelElement {

    /// Returns the full 32-bit hash, which is compared before the contents (SID-14).
    int hash();

    /// Returns true if frames at the root end were dropped.
    boolean truncated();

    Stack stack();

    /// Untranslated addresses.
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

        /// Returns true if hash, depth and all addresses are equal (SID-06, SID-21).
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

    /// Translated frames with their build-ids.
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

        /// Returns true if hash and frames are equal (SID-32). Reasons are not compared, because the
        /// kernel stores none.
        boolean holds(int otherHash, DetachedStack other) {
            return hash == otherHash && frames.sameFrames(other);
        }

        @Override
        public Stack stack() {
            return frames.toStack();
        }
    }
}
