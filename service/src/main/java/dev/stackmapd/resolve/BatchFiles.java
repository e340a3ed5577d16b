package dev.stackmapd.resolve;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.process.Vma;
import dev.stackmapd.stack.Frame;
import java.time.Duration;
import java.util.Optional;

/// The files of this host for one batch, within a budget of look-ups. An answer that is remembered costs
/// nothing of it, and no change of threads. For one thread.
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

    /// How far one batch may go.
    ///
    /// @param lookUps of files whose answer is not remembered
    /// @param time after which no more look-ups begin, added up over all of them
    /// @param deadline for each of them. Not what is left of the time: a look-up that is cut short says
    ///     nothing of its file system
    public record Budget(int lookUps, Duration time, Duration deadline) {
        /// A process has 20 to 500 files mapped.
        public static final Budget DEFAULT = new Budget(4_096, Duration.ofSeconds(1), Duration.ofSeconds(1));
    }

    BatchFiles(HostFiles files, Budget budget) {
        this.files = files;
        this.budget = budget;
    }

    /// The files of one process.
    ///
    /// @param pid as this service's own `/proc` has it; 0 where it is not known
    public ProcessFiles of(int pid, ProcessFiles.MappingsOrigin mappingsFrom) {
        return new ProcessFiles(this, pid, mappingsFrom);
    }

    /// Says how many look-ups were not made or not answered, and why; empty where all were.
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
