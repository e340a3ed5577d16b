package dev.stackmapd.resolve;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.process.Vma;

/// The files of one process in one batch. For the thread of the batch.
///
/// @param pid as this service's own `/proc` has it; 0 where it is not known
public record ProcessFiles(BatchFiles batch, int pid, MappingsOrigin mappings) {
    public ProcessFiles {
        requireNonNull(batch, "batch");
        requireNonNull(mappings, "mappings");
        if (pid < 0) {
            throw new IllegalArgumentException("a pid is 0 or more, not " + pid);
        }
    }

    /// Where the mappings of the process come from.
    public enum MappingsOrigin {
        /// From the sender, who may claim anything.
        SENT,
        /// From this service, which has read them just now: they vouch for their files.
        READ_HERE
    }

    /// Returns true if an answer needs not be kept, because it is made without looking for anything.
    static boolean costsNothing(Resolution answer) {
        return answer.equals(HostFiles.NOT_ALLOWED)
                || answer.equals(FileSearch.NO_PID)
                || answer.equals(BatchFiles.NOT_LOOKED_FOR);
    }

    Resolution buildIdOf(Vma vma, BuildIdProfile profile) {
        return batch.buildIdOf(vma, this, profile);
    }
}
