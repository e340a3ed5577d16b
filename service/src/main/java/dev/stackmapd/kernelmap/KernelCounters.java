package dev.stackmapd.kernelmap;

/// Counters of a [KernelStackMap] since its creation (DEV section 8.3). They show the loss of stacks
/// that the kernel hides.
///
/// @param inserts stacks stored, replacements included
/// @param hitsExact offers of a stack that was stored already
/// @param hitsFast offers accepted because of an equal hash alone (SID-20, SID-30), including false
///     matches (SID-43)
/// @param collisionsRejected offers that failed with EEXIST
/// @param replaced stacks that lost their id to another (REUSE)
/// @param poolExhausted offers that failed with ENOMEM
/// @param emptyOrOversizedSkip offers that failed with EFAULT (SID-04)
/// @param truncated stored stacks whose frames at the root end were dropped
/// @param entries current number of stacks
/// @param highWater maximum number of stacks so far
/// @param bytes reserved at creation
public record KernelCounters(
        long inserts,
        long hitsExact,
        long hitsFast,
        long collisionsRejected,
        long replaced,
        long poolExhausted,
        long emptyOrOversizedSkip,
        long truncated,
        int entries,
        int highWater,
        long bytes) {}
