package dev.stackmapd.kernelmap;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/// What a kernel map is asked to be. Any numbers may be asked for; [#refusal] says which the kernel would not take.
///
/// @param maxEntries how many stacks it may hold; ids may be higher (MAP-20)
/// @param depth frames a stack, from the leaf
public record KernelMapAttributes(long maxEntries, int depth, Contents contents) {
    /// `kernel.perf_event_max_stack` as kernels have it by default.
    public static final int DEFAULT_DEPTH_LIMIT = 127;

    /// The kernel rounds up to 2^31 buckets; a Java array ends before that.
    private static final long MOST_ENTRIES = 1L << 30;

    private static final long BUCKET_BYTES = 8;
    /// The kernel's header is 16; ours is two Java objects and what they align to.
    private static final long ELEMENT_BYTES = 64;

    public KernelMapAttributes {
        requireNonNull(contents, "contents");
    }

    /// What the map keeps of a frame.
    public enum Contents {
        /// The address.
        IP(Long.BYTES),
        /// Build-id and file offset where there is one, else the address.
        BUILD_ID(32);

        private final int frameBytes;

        Contents(int frameBytes) {
            this.frameBytes = frameBytes;
        }
    }

    /// The kernel's creation checks in the kernel's order, as far as these attributes can fail them: MAP-04, 06, 08,
    /// 09, 10 and 12. Key size, flags and value sizes that are no whole number of frames (MAP-01, 02, 03, 05, 07)
    /// cannot be asked for.
    ///
    /// @param depthLimit the depth sysctl
    /// @param maxBytes what the map may take
    public Optional<KernelError> refusal(int depthLimit, long maxBytes) {
        if (maxEntries < 1) {
            return no(KernelErrno.EINVAL, "MAP-04", "maxEntries is %d, but must be at least 1".formatted(maxEntries));
        }
        if (depth < 1) {
            return no(KernelErrno.EINVAL, "MAP-06", "depth is %d, but must be at least 1".formatted(depth));
        }
        if (depth > depthLimit) {
            return no(KernelErrno.EINVAL, "MAP-08", "depth is %d, over the limit of %d".formatted(depth, depthLimit));
        }
        if (maxEntries > MOST_ENTRIES) {
            return no(KernelErrno.E2BIG, "MAP-09", "maxEntries is %d, over 2^30".formatted(maxEntries));
        }
        if (buckets() * BUCKET_BYTES > maxBytes) {
            return no(
                    KernelErrno.ENOMEM, "MAP-10", "%d buckets need more than %d bytes".formatted(buckets(), maxBytes));
        }
        if (bytes() > maxBytes) {
            return no(KernelErrno.ENOMEM, "MAP-12", "%d bytes, over the limit of %d".formatted(bytes(), maxBytes));
        }
        return Optional.empty();
    }

    /// The smallest power of two that is not below `maxEntries` (MAP-20); ids are below it.
    ///
    /// @throws IllegalArgumentException if `maxEntries` is below 1 or over 2^30
    public int buckets() {
        if (maxEntries < 1 || maxEntries > MOST_ENTRIES) {
            throw new IllegalArgumentException("maxEntries must be 1 to 2^30, was " + maxEntries);
        }
        return maxEntries == 1 ? 1 : Integer.highestOneBit((int) maxEntries - 1) << 1;
    }

    /// What the map may come to take, full of the deepest stacks: 8 a bucket, and for each entry 64 and the
    /// frames, 8 bytes a frame as addresses, 32 translated. The shape is MAP-22's, as are the bytes of a frame;
    /// an entry of the kernel has 16 beside its frames.
    public long bytes() {
        long element = Math.addExact(ELEMENT_BYTES, Math.multiplyExact((long) depth, contents.frameBytes));
        return Math.addExact(buckets() * BUCKET_BYTES, Math.multiplyExact(maxEntries, element));
    }

    private static Optional<KernelError> no(KernelErrno errno, String rule, String detail) {
        return Optional.of(new KernelError(errno, rule, detail));
    }
}
