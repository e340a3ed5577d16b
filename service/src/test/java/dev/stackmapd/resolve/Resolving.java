package dev.stackmapd.resolve;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.resolve.ProcessTranslator.TranslationStatus;
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
    static ProcessFiles files(FileAccess access, BuildIdCache cache, int pid) {
        return host(access, cache).batch().of(pid, ProcessFiles.MappingsOrigin.SENT);
    }

    /// Remembers only what the cache does. The threads are of the user that looks for the first file.
    static HostFiles host(FileAccess access, BuildIdCache cache) {
        ResolutionCache nothing = new ResolutionCache(1 << 20, Duration.ZERO, Duration.ZERO);
        HostFileThreads threads = new HostFileThreads(THREADS);
        HostFiles.Caches caches = new HostFiles.Caches(cache, nothing, new BinaryLocations(1 << 20, threads));
        return new HostFiles(access, caches, threads, BatchFiles.Budget.DEFAULT);
    }

    static FileAccess.Roots roots(Path... directories) {
        return new FileAccess.Roots(List.of(directories));
    }

    static BuildIdCache cache() {
        return new BuildIdCache(1 << 20, Duration.ofSeconds(10));
    }

    List<Frame> translate(long... ips) {
        PackedStack packed = new PackedStack();
        TranslationStatus translation =
                new ProcessTranslator(vmas, binaries, bases.claim(), counts).translate(ips, 0, ips.length, packed);
        if (translation != TranslationStatus.COMPLETE) {
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
