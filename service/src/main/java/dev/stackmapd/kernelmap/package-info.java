/// The kernel's stack map, exactly: the buckets, hashes, error numbers and counters of `kernel/bpf/stackmap.c`.
///
/// Knows `stack`; knows nothing of batches, HTTP or Spring. Read [dev.stackmapd.kernelmap.KernelStackMap] first; the
/// rules
/// that it cites are in `KERNEL-RULES.md`.
@NullMarked
package dev.stackmapd.kernelmap;

import org.jspecify.annotations.NullMarked;
