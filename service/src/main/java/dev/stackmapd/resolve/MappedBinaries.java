package dev.stackmapd.resolve;

import static java.util.Objects.requireNonNull;

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

/// The build-ids of the files of one process. Each is resolved once, at the first address that lies in
/// the file. A file is identified by device, inode and name ([MappedFile]). Not thread-safe.
///
/// The sources are, in this order: the build-ids of the batch, its heads, the files of this host; the
/// first source with a build-id decides. If no source has one, the most specific reason is kept
/// ([Resolution#orElse]). A file whose layout contradicts the held file of the same build-id is not
/// resolved either ([MappedLayouts]).
public final class MappedBinaries {
    private static final Resolution NOT_VISIBLE =
            new Resolution.Missing(Frame.Reason.NO_NOTE, "the kernel sees no build-id over 20 bytes");

    /// Allowance for heads that are short and have many small note segments.
    private static final long FREE_NOTE_BYTES = 64 << 10;

    private final Hints hints;
    private final ProcessFiles files;
    private final BuildIdProfile profile;
    private final MappedLayouts layouts;
    private final Map<MappedFile, MappedBinary> decided = new LinkedHashMap<>();

    /// @param profile how heads and files are read; [BuildIdProfile#KERNEL] for results that must equal
    ///     those of the kernel
    /// @param layouts receives the layout of each file
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

    /// Returns the files resolved so far, in the order of their first address. Files without a hint that
    /// were not looked up either are left out, because a batch may have hundreds of thousands of them.
    public Collection<MappedBinary> decided() {
        return Collections.unmodifiableCollection(decided.values());
    }

    /// Returns the resolution of the file of a mapping.
    ///
    /// @param vma a file-backed mapping
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

    /// Compares the layout of heads even if the build-id was sent as well.
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

    /// Compares the layout of a file with the held one, except in the kernel's profile, where no
    /// comparison exists.
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

    /// Limits the note bytes that are read from a head. A batch may contain thousands of heads, each of
    /// which may refer to the same notes 256 times; the total of bytes read must not exceed a small
    /// multiple of the bytes sent.
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

    /// A mapped file that contains a translated address, and the resolution of its build-id.
    ///
    /// @param vma the mapping of the file that was translated first
    public record MappedBinary(Vma vma, Resolution resolution) {
        public MappedBinary {
            requireNonNull(vma, "vma");
            requireNonNull(resolution, "resolution");
        }
    }
}
