package dev.stackmapd.resolve;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.process.Vma;
import dev.stackmapd.stack.Frame;
import java.time.Duration;
import java.util.Optional;

/// Looks up files of this host for one batch, within a budget of look-ups. A cached resolution does not
/// count against the budget and needs no other thread. Not thread-safe.
public final class BatchFiles {
    static final Resolution NOT_LOOKED_FOR =
            new Resolution.Missing(Frame.Reason.UNREADABLE, "not looked for: the batch has used up its look-ups");
    private static final Resolution NO_ANSWER =
            new Resolution.Missing(Frame.Reason.UNREADABLE, "not looked for: its file system does not answer");

    private final HostFiles files;
    private final Budget budget;
    private final LiveMappings mappings = new LiveMappings();
    private int lookUps;
    private long nanos;
    private int beyondBudget;
    private int unanswered;

    /// Limits for the look-ups of one batch.
    ///
    /// @param lookUps maximum number of look-ups of files without a cached resolution
    /// @param time total time of all look-ups after which no further one begins
    /// @param deadline for each look-up. It is independent of the remaining time, because a look-up that
    ///     is aborted early says nothing about its file system
    public record Budget(int lookUps, Duration time, Duration deadline) {
        /// The default. A process typically maps 20 to 500 files.
        public static final Budget DEFAULT = new Budget(4_096, Duration.ofSeconds(1), Duration.ofSeconds(1));
    }

    BatchFiles(HostFiles files, Budget budget) {
        this.files = files;
        this.budget = budget;
    }

    /// Returns the files of one process.
    ///
    /// @param pid as in this service's own `/proc`; 0 if it is unknown
    public ProcessFiles of(int pid, ProcessFiles.MappingsOrigin mappingsFrom) {
        return new ProcessFiles(this, pid, mappingsFrom);
    }

    /// Returns a warning with the number of look-ups that were skipped or got no answer, and the
    /// reasons; empty if there are none.
    public Optional<String> omission() {
        if (beyondBudget + unanswered == 0) {
            return Optional.empty();
        }
        return Optional.of(
                ("the files of %d mappings were not looked for on this host, and their frames are UNREADABLE:"
                                + " %d because a batch may look for %d files in %d ms, %d because a file system does not answer")
                        .formatted(
                                beyondBudget + unanswered,
                                beyondBudget,
                                budget.lookUps(),
                                budget.time().toMillis(),
                                unanswered));
    }

    Resolution buildIdOf(Vma vma, ProcessFiles process, BuildIdProfile profile) {
        return files.known(MappedFile.of(vma), process, profile)
                .orElseGet(() -> lookUp(FileMapping.of(vma), process, profile));
    }

    private Resolution lookUp(FileMapping mapping, ProcessFiles process, BuildIdProfile profile) {
        if (lookUps == budget.lookUps() || nanos >= budget.time().toNanos()) {
            beyondBudget++;
            files.countNotLookedFor();
            return NOT_LOOKED_FOR;
        }
        lookUps++;
        long begun = System.nanoTime();
        Optional<Resolution> found = files.lookUp(mapping, process, profile, mappings, budget.deadline());
        nanos += System.nanoTime() - begun;
        if (found.isEmpty()) {
            unanswered++;
            files.countNotLookedFor();
        }
        return found.orElse(NO_ANSWER);
    }
}
