package dev.stackmapd.resolve;

import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.elfcore.elf.BuildIdReader;
import dev.stackmapd.elfcore.elf.Layout;
import dev.stackmapd.process.Vma;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.resolve.BinaryHint.Identification;
import dev.stackmapd.resolve.MappedLayouts.Evidence;
import dev.stackmapd.stack.Frame;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The build-ids of the files of one process, each decided once and only when an address is met in it. Not
/// thread-safe. One file is what has one device, inode and name ([MappedFile]).
///
/// Asked are, until one has it: the build-ids of the batch, its heads, the files of this host. Where none has
/// it, the reason of the source that says most counts ([Resolution#orElse]). A file whose bytes show that it is
/// another one than the one that is held has none either ([MappedLayouts]).
public final class MappedBinaries {
    private static final Resolution NOT_VISIBLE =
            new Resolution.Missing(Frame.Reason.NO_NOTE, "the kernel sees no build-id over 20 bytes");

    /// As much as many small segments may cost where a head is short.
    private static final long FREE_NOTE_BYTES = 64 << 10;

    private final Hints hints;
    private final ProcessFiles files;
    private final BuildIdProfile profile;
    private final MappedLayouts layouts;
    private final Map<MappedFile, MappedBinary> decided = new LinkedHashMap<>();

    /// @param profile how heads and files are read; [BuildIdProfile#KERNEL] for what must agree with the kernel
    /// @param layouts told where the code of each file lies
    public MappedBinaries(
            VmaIndex vmas,
            Collection<BinaryHint> hints,
            ProcessFiles files,
            BuildIdProfile profile,
            MappedLayouts layouts) {
        this.layouts = layouts;
        this.hints = new Hints(vmas, hints);
        this.files = files;
        this.profile = profile;
    }

    /// What was decided so far, in the order in which files were met. Files for which nothing was sent and
    /// nothing looked for are left out: a batch may have hundreds of thousands.
    public Collection<MappedBinary> decided() {
        return Collections.unmodifiableCollection(decided.values());
    }

    /// @param vma one with a file
    Resolution resolve(Vma vma) {
        MappedFile file = MappedFile.of(vma);
        MappedBinary known = decided.get(file);
        if (known != null) {
            return known.resolution();
        }
        Resolution resolution = decide(vma, file);
        if (!ProcessFiles.costsNothing(resolution)) {
            decided.put(file, new MappedBinary(vma, resolution));
        }
        return resolution;
    }

    private Resolution decide(Vma vma, MappedFile file) {
        Resolution sent = null;
        for (Identification identification : hints.of(file)) {
            sent = sent == null ? judge(identification) : sent.orElse(() -> judge(identification));
        }
        if (sent instanceof Resolution.Found found) {
            return compareHeads(found, hints.of(file));
        }
        Resolution decided =
                sent == null ? files.buildIdOf(vma, profile) : sent.orElse(() -> files.buildIdOf(vma, profile));
        return decided instanceof Resolution.Found found ? compare(found, found.layout(), Evidence.FILE) : decided;
    }

    /// A head shows what is mapped also where the build-id was sent beside it.
    private Resolution compareHeads(Resolution.Found found, List<Identification> identifications) {
        if (!found.layout().equals(Layout.Linked.UNKNOWN)) {
            return compare(found, found.layout(), Evidence.HEAD);
        }
        Resolution compared = found;
        for (Identification identification : identifications) {
            if (compared instanceof Resolution.Found
                    && identification instanceof Identification.Head head
                    && read(head) instanceof Resolution.Found(BuildId buildId, Layout layout)
                    && buildId.matches(found.buildId())) {
                compared = compare(found, layout, Evidence.HEAD);
            }
        }
        return compared;
    }

    /// The kernel compares nothing.
    private Resolution compare(Resolution.Found found, Layout layout, Evidence evidence) {
        if (profile == BuildIdProfile.KERNEL) {
            return found;
        }
        return layouts.seen(found.buildId(), layout, evidence)
                .<Resolution>map(why -> new Resolution.Missing(Frame.Reason.OTHER_LAYOUT, why))
                .orElse(found);
    }

    private Resolution judge(Identification identification) {
        return switch (identification) {
            case Identification.Known known ->
                profile == BuildIdProfile.KERNEL && !known.buildId().visibleToKernel()
                        ? NOT_VISIBLE
                        : new Resolution.Found(known.buildId());
            case Identification.Head head -> read(head);
        };
    }

    /// A batch brings heads by the thousand, and in each the same notes may be pointed at 256 times; what is read of
    /// them all must not be more than a few times what was sent.
    private static ParseLimits limits(long headBytes) {
        ParseLimits usual = ParseLimits.DEFAULT;
        return new ParseLimits(
                Math.min(FREE_NOTE_BYTES + 2 * headBytes, usual.maxNoteBytes()),
                usual.maxProgramHeaders(),
                usual.maxSections(),
                usual.maxSymbols(),
                usual.maxNameBytes());
    }

    private Resolution read(Identification.Head head) {
        try {
            BuildIdReader reader =
                    new BuildIdReader(profile, limits(head.bytes().size()));
            return Resolution.of(reader.read(head.bytes()), head.bytes());
        } catch (IOException e) {
            return new Resolution.Missing(Frame.Reason.UNREADABLE, "the head that was sent could not be read");
        }
    }
}
