package dev.stackmapd.kernelmap;

/// What a [KernelStackMap] did since it was made (DEV section 8.3). With these a client sees the loss that the
/// kernel hides.
///
/// @param inserts stacks stored, replacements included
/// @param hitsExact offers that met an equal stack
/// @param hitsFast offers accepted on an equal hash alone (SID-20, SID-30), rightly or not (SID-43)
/// @param collisionsRejected offers answered EEXIST
/// @param replaced stacks that lost their id to another (REUSE)
/// @param poolExhausted offers answered ENOMEM
/// @param emptyOrOversizedSkip offers answered EFAULT (SID-04)
/// @param truncated stored stacks whose root end was cut off
/// @param entries stacks there now
/// @param highWater most stacks there at once
/// @param bytes claimed when the map was made
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
