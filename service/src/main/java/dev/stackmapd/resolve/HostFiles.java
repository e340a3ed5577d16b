package dev.stackmapd.resolve;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.process.Vma;
import dev.stackmapd.stack.Frame;
import java.nio.file.Path;
import java.util.List;

/// The files of this host, as far as they may be read. One for the whole service; safe for any number of threads.
public final class HostFiles implements AutoCloseable {
    private static final Resolution NOT_ALLOWED =
            new Resolution.Missing(Frame.Reason.UNREADABLE, "nothing was sent of it, and this service reads no files");

    private final FileAccess access;
    private final FileBuildIds buildIds;
    private final List<RootDirectory> roots;

    public HostFiles(FileAccess access, FileBuildIds buildIds) {
        this.access = access;
        this.buildIds = buildIds;
        this.roots = directories(access).stream().map(RootDirectory::new).toList();
    }

    /// The files of one process.
    ///
    /// @param pid as this service's own `/proc` has it; 0 where it is not known
    public ProcessFiles of(int pid) {
        if (pid < 0) {
            throw new IllegalArgumentException("a pid is 0 or more, not " + pid);
        }
        return new ProcessFiles(this, pid);
    }

    Resolution buildIdOf(Vma vma, int pid, BuildIdProfile profile) {
        if (access instanceof FileAccess.None) {
            return NOT_ALLOWED;
        }
        try (FileCalls calls = new FileCalls()) {
            FileSearch search = new FileSearch(calls, buildIds, vma, profile);
            return switch (access) {
                case FileAccess.None none -> NOT_ALLOWED;
                case FileAccess.Roots directories -> search.below(roots);
                case FileAccess.Proc proc -> {
                    Resolution own = search.throughMapFiles(pid).orElse(() -> search.belowRootOf(pid));
                    yield roots.isEmpty() ? own : own.orElse(() -> search.below(roots));
                }
            };
        }
    }

    /// No translation may be under way, none may follow.
    @Override
    public void close() {
        roots.forEach(RootDirectory::close);
    }

    private static List<Path> directories(FileAccess access) {
        return switch (access) {
            case FileAccess.None none -> List.of();
            case FileAccess.Proc proc -> proc.fallbackRoots();
            case FileAccess.Roots roots -> roots.directories();
        };
    }
}
