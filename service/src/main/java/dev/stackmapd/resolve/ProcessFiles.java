package dev.stackmapd.resolve;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.process.Vma;

/// The files of one process in one batch. Not thread-safe.
///
/// @param pid as in this service's own `/proc`; 0 if it is unknown
public record ProcessFiles(BatchFiles batch, int pid, MappingsOrigin mappings) {
    public ProcessFiles {
        requireNonNull(batch, "batch");
        requireNonNull(mappings, "mappings");
        if (pid < 0) {
            throw new IllegalArgumentException("a pid is 0 or more, not " + pid);
        }
    }

    /// The origin of the mappings of a process.
    public enum MappingsOrigin {
        /// The sender, whose statements are not trusted.
        SENT,
        /// This service, which has just read them from `/proc`. They vouch for their files.
        READ_HERE
    }

    /// Returns true if a resolution was made without a look-up, so that it need not be cached.
    static boolean costsNothing(Resolution answer) {
        return answer.equals(HostFiles.NOT_ALLOWED)
                || answer.equals(FileSearch.NO_PID)
                || answer.equals(BatchFiles.NOT_LOOKED_FOR);
    }

    Resolution buildIdOf(Vma vma, BuildIdProfile profile) {
        return batch.buildIdOf(vma, this, profile);
    }
}
