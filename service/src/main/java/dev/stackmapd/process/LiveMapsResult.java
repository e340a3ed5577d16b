package dev.stackmapd.process;

import static java.util.Objects.requireNonNull;

/// What came of reading the maps of a process that may end at any moment, or be none of ours.
public sealed interface LiveMapsResult {

    /// @param bytes of the maps text
    /// @param startTime when the process started, in clock ticks since boot: together with the pid it names
    ///     the process
    record Read(ParsedMaps maps, int bytes, long startTime) implements LiveMapsResult {
        public Read {
            requireNonNull(maps, "maps");
        }
    }

    /// No such process, or no longer (ESRCH, ENOENT): it ended, or another has its pid now.
    record Gone(String detail) implements LiveMapsResult {
        public Gone {
            requireNonNull(detail, "detail");
        }
    }

    /// The kernel refuses (EACCES, EPERM). The detail says what would be needed.
    record NotPermitted(String detail) implements LiveMapsResult {
        public NotPermitted {
            requireNonNull(detail, "detail");
        }
    }

    /// It has no user memory, so its maps are empty (PMX-15).
    record KernelThread() implements LiveMapsResult {}

    /// The maps text is longer than allowed; nothing of it was kept.
    ///
    /// @param maxBytes the limit
    record TooLarge(int maxBytes) implements LiveMapsResult {}
}
