package dev.stackmapd.resolve;

import java.nio.file.Path;
import java.util.List;

/// Which files of its host this service may read (DEV-20).
public sealed interface FileAccess {

    /// No file.
    record None() implements FileAccess {}

    /// First `/proc/<pid>/map_files/<start>-<end>` of the process, which is exactly the mapped file,
    /// even if it is deleted, and requires `SYS_ADMIN` or `CHECKPOINT_RESTORE`; then the path below
    /// `/proc/<pid>/root`, which requires the same uid or `SYS_PTRACE`.
    ///
    /// @param fallbackRoots directories that are searched after those, as in [Roots]; may be empty
    record Proc(List<Path> fallbackRoots) implements FileAccess {
        public Proc {
            fallbackRoots = absolute(fallbackRoots);
        }
    }

    /// Files below some directories, which are searched in order. The path of a mapping is resolved
    /// inside each directory as if it were the root directory.
    ///
    /// @param directories absolute paths, at least one; symbolic links in *these* paths are followed,
    ///     because the operator chose them
    record Roots(List<Path> directories) implements FileAccess {
        public Roots {
            directories = absolute(directories);
            if (directories.isEmpty()) {
                throw new IllegalArgumentException("no directory to read files from");
            }
        }
    }

    private static List<Path> absolute(List<Path> directories) {
        for (Path directory : directories) {
            if (!directory.isAbsolute()) {
                throw new IllegalArgumentException("a root must be absolute, was " + directory);
            }
        }
        return List.copyOf(directories);
    }
}
