package dev.stackmapd.resolve;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.process.Vma;

/// What [HostFiles] can tell of one process. Safe for any number of threads.
public final class ProcessFiles {
    private final HostFiles files;
    private final int pid;

    ProcessFiles(HostFiles files, int pid) {
        this.files = files;
        this.pid = pid;
    }

    Resolution buildIdOf(Vma vma, BuildIdProfile profile) {
        return files.buildIdOf(vma, pid, profile);
    }
}
