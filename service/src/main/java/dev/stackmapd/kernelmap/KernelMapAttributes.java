package dev.stackmapd.kernelmap;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/// The requested attributes of a kernel map. The record accepts any numbers; [#violation] returns the
/// first one that the kernel would reject.
///
/// @param maxEntries maximum number of stacks; ids may be higher (MAP-20)
/// @param depth maximum number of frames of a stack, from the leaf
public record KernelMapAttributes(long maxEntries, int depth, Contents contents) {
    /// The default of `kernel.perf_event_max_stack`.
    public static final int DEFAULT_DEPTH_LIMIT = 127;

    /// The kernel rounds up to 2^31 buckets, which exceeds the length of a Java array.
    private static final long MOST_ENTRIES = 1L << 30;

    private static final long BUCKET_BYTES = 8;
    /// The kernel's header has 16 bytes; this one consists of two Java objects with their alignment.
    private static final long ELEMENT_BYTES = 64;

    public KernelMapAttributes {
        requireNonNull(contents, "contents");
    }

    /// The form in which the map stores a frame.
    public enum Contents {
        /// The address.
        IP(Long.BYTES),
        /// The build-id and file offset if there is a build-id, otherwise the address.
        BUILD_ID(32);

        private final int frameBytes;

        Contents(int frameBytes) {
            this.frameBytes = frameBytes;
        }
    }

    /// Performs the kernel's creation checks, in the kernel's order, that these attributes can violate:
    /// MAP-04, 06, 08, 09, 10 and 12. Key sizes, flags and value sizes that are no multiple of a frame
    /// (MAP-01, 02, 03, 05, 07) cannot be expressed.
    ///
    /// @param depthLimit the value of the depth sysctl
    /// @param maxBytes maximum size of the map
    /// @return the first violated rule; empty if the kernel would create the map
    public Optional<KernelError> violation(int depthLimit, long maxBytes) {
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

    /// Returns the smallest power of two that is not below `maxEntries` (MAP-20); ids are less than it.
    ///
    /// @throws IllegalArgumentException if `maxEntries` is below 1 or over 2^30
    public int buckets() {
        if (maxEntries < 1 || maxEntries > MOST_ENTRIES) {
            throw new IllegalArgumentException("maxEntries must be 1 to 2^30, was " + maxEntries);
        }
        return maxEntries == 1 ? 1 : Integer.highestOneBit((int) maxEntries - 1) << 1;
    }

    /// Returns the size in bytes of a map that is full of the deepest stacks: 8 per bucket, 64 per
    /// entry, and 8 per address or 32 per translated frame. The formula and the bytes of a frame are
    /// those of MAP-22, but an entry of the kernel has a header of 16.
    public long bytes() {
        long element = Math.addExact(ELEMENT_BYTES, Math.multiplyExact((long) depth, contents.frameBytes));
        return Math.addExact(buckets() * BUCKET_BYTES, Math.multiplyExact(maxEntries, element));
    }

    private static Optional<KernelError> no(KernelErrno errno, String rule, String detail) {
        return Optional.of(new KernelError(errno, rule, detail));
    }
}
