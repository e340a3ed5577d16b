package dev.stackmapd.resolve;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.resolve.linux.HostFileThreads;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Packing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// One process with everything that a translation of it needs.
record Resolving(VmaIndex vmas, MappedBinaries binaries, FrameBases bases, FrameCounts counts) {
    private static final int THREADS = 16;

    static Resolving of(VmaIndex vmas, List<BinaryHint> hints, ProcessFiles files, BuildIdProfile profile) {
        return of(vmas, hints, files, profile, MappedLayouts.NONE);
    }

    private static Resolving of(
            VmaIndex vmas, List<BinaryHint> hints, ProcessFiles files, BuildIdProfile profile, MappedLayouts layouts) {
        MappedBinaries binaries = new MappedBinaries(vmas, hints, files, profile, layouts);
        return new Resolving(vmas, binaries, Packing.bases(1000), new FrameCounts());
    }

    /// Leniently, with hints alone.
    static Resolving of(VmaIndex vmas, BinaryHint... hints) {
        return of(vmas, List.of(hints), noFiles(), BuildIdProfile.LENIENT);
    }

    /// The same, compared with what is held.
    static Resolving of(VmaIndex vmas, MappedLayouts layouts, BinaryHint... hints) {
        return of(vmas, List.of(hints), noFiles(), BuildIdProfile.LENIENT, layouts);
    }

    /// Leniently, with the files of this host alone.
    static Resolving of(VmaIndex vmas, FileAccess access, int pid) {
        return of(vmas, List.of(), files(access, cache(), pid), BuildIdProfile.LENIENT);
    }

    static ProcessFiles noFiles() {
        return files(new FileAccess.None(), cache(), 0);
    }

    /// The files of a process whose maps were sent, for one batch.
    static ProcessFiles files(FileAccess access, FileBuildIds cache, int pid) {
        return host(access, cache).batch().of(pid, ProcessFiles.Mappings.SENT);
    }

    /// Remembers only what the cache does. The threads are of the user that looks for the first file.
    static HostFiles host(FileAccess access, FileBuildIds cache) {
        RecentLookUps nothing = new RecentLookUps(1 << 20, Duration.ZERO, Duration.ZERO);
        HostFileThreads threads = new HostFileThreads(THREADS);
        HostFiles.Memory memory = new HostFiles.Memory(cache, nothing, new OpenedFiles(1 << 20, threads));
        return new HostFiles(access, memory, threads, BatchFiles.Budget.DEFAULT);
    }

    static FileAccess.Roots roots(Path... directories) {
        return new FileAccess.Roots(List.of(directories));
    }

    static FileBuildIds cache() {
        return new FileBuildIds(1 << 20, Duration.ofSeconds(10));
    }

    List<Frame> translate(long... ips) {
        PackedStack packed = new PackedStack();
        Translation translation =
                new ProcessTranslator(vmas, binaries, bases.claim(), counts).translate(ips, 0, ips.length, packed);
        if (translation != Translation.COMPLETE) {
            throw new AssertionError(translation);
        }
        return packed.toStack(bases).frames();
    }

    Frame frameIn(int line) {
        return translate(MapsText.page(line)).getFirst();
    }

    Resolution resolution(int line) {
        return binaries.resolve(vmas.get(line));
    }

    Frame.Reason reason(int line) {
        return switch (frameIn(line)) {
            case Frame.Raw raw -> raw.reason();
            case Frame.InFile _, Frame.InKernel _, Frame.Named _ -> throw new AssertionError(line);
        };
    }
}
