package dev.stackmapd.process;

import static java.util.Objects.requireNonNull;

/// The result of reading the maps of a running process, which may end at any moment or belong to another
/// user.
public sealed interface LiveMapsResult {

    /// @param bytes of the maps text
    /// @param startTime when the process started, in clock ticks since boot; together with the pid, it
    ///     identifies the process
    record Read(ParsedMaps maps, int bytes, long startTime) implements LiveMapsResult {
        public Read {
            requireNonNull(maps, "maps");
        }
    }

    /// The process does not exist (any more), or another process has its pid now (ESRCH, ENOENT).
    record Gone(String detail) implements LiveMapsResult {
        public Gone {
            requireNonNull(detail, "detail");
        }
    }

    /// The kernel denies access (EACCES, EPERM). The detail names the missing permission.
    record NotPermitted(String detail) implements LiveMapsResult {
        public NotPermitted {
            requireNonNull(detail, "detail");
        }
    }

    /// A kernel thread has no user memory, so its maps are empty (PMX-15).
    record KernelThread() implements LiveMapsResult {}

    /// The maps text exceeds the limit; nothing of it was kept.
    ///
    /// @param maxBytes the limit
    record TooLarge(int maxBytes) implements LiveMapsResult {}
}
