package dev.stackmapd.resolve;

import java.nio.file.Path;
import java.util.List;

/// What this service may read of its host (DEV-20).
public sealed interface FileAccess {

    /// Nothing.
    record None() implements FileAccess {}

    /// The process's own `/proc/<pid>/map_files/<start>-<end>`, which is the very file that is mapped, deleted or
    /// not, and needs `SYS_ADMIN` or `CHECKPOINT_RESTORE`; then the path below `/proc/<pid>/root`, which needs the
    /// same uid or `SYS_PTRACE`.
    ///
    /// @param fallbackRoots directories to look below after that, as [Roots]; may be empty
    record Proc(List<Path> fallbackRoots) implements FileAccess {
        public Proc {
            fallbackRoots = absolute(fallbackRoots);
        }
    }

    /// Files below some directories, tried in order. The path of a mapping is looked up inside each as if it were the
    /// root of everything.
    ///
    /// @param directories absolute, at least one; links in *their* paths are followed, the operator chose them
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
