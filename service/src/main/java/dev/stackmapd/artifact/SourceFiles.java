package dev.stackmapd.artifact;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stackmapd.artifact.Artifacts.Served;
import dev.stackmapd.artifact.disk.BinaryScratch;
import dev.stackmapd.artifact.upstream.Via;
import dev.stackmapd.artifact.upstream.Wanted;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.dwarf.LocalDebugFiles;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Source files by build-id and the name that debug information has for them. Thread-safe.
///
/// Where the debug information is here, only files that it names are looked for: in the operator's source folders,
/// then upstream. No request's path is ever looked up in the file system by itself, and none leads out of these
/// folders.
public final class SourceFiles {
    /// Heap of a name in a set beside its characters.
    private static final int NAME_BYTES = 64;

    private final Artifacts artifacts;
    private final List<Path> folders;
    private final FetchedSources fetched;
    private final ParseLimits limits;
    private final Cache<BuildId, Optional<Set<String>>> names;

    /// @param folders below which sources lie under their names
    /// @param nameBytes heap for names
    public SourceFiles(
            Artifacts artifacts, List<Path> folders, FetchedSources fetched, ParseLimits limits, long nameBytes) {
        this.artifacts = artifacts;
        this.folders = List.copyOf(folders);
        this.fetched = fetched;
        this.limits = limits;
        this.names = Caffeine.newBuilder()
                .maximumWeight(nameBytes)
                .<BuildId, Optional<Set<String>>>weigher((id, all) -> heapBytes(all.orElse(Set.of())))
                .build();
        artifacts.listen(buildId -> names.invalidate(buildId.unpadded()));
    }

    /// @param path absolute, as the client has it, plain or canonical
    /// @return empty where the debug information names no such file, or nobody has it
    Optional<byte[]> find(BuildId buildId, String path, Via via) throws IOException, InterruptedException {
        Optional<Set<String>> named = names(buildId);
        String canonical = SourcePath.canonical(path);
        if (named.isPresent() && !named.get().contains(canonical)) {
            return Optional.empty();
        }
        if (named.isPresent()) {
            Optional<byte[]> local = inFolders(canonical);
            if (local.isPresent()) {
                return local;
            }
        }
        return upstream(new Wanted(artifacts.ownBuildId(buildId), new Wanted.SourceFile(path)), via);
    }

    private Optional<byte[]> upstream(Wanted wanted, Via via) throws InterruptedException {
        Optional<byte[]> known = fetched.find(wanted);
        if (known.isPresent()) {
            return known;
        }
        artifacts.fetch(wanted, via);
        return fetched.find(wanted);
    }

    /// Canonical names of the files that the debug information names; empty where that is not here.
    /// Read by one caller while others that ask for the same wait.
    private Optional<Set<String>> names(BuildId buildId) throws IOException {
        BuildId key = buildId.unpadded();
        try {
            Optional<Set<String>> known = names.get(key, this::readNames);
            if (known.isEmpty()) {
                // The file may come into a folder, of which nobody tells.
                names.invalidate(key);
            }
            return known;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private Optional<Set<String>> readNames(BuildId buildId) {
        Optional<Served> debugInfo = artifacts.serveHeld(buildId, Wanted.Kind.DEBUGINFO);
        if (debugInfo.isEmpty()) {
            return Optional.empty();
        }
        try (Served served = debugInfo.get()) {
            return Optional.of(read(served));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Set<String> read(Served served) throws IOException {
        Path debugFile = served.file().path();
        BinaryScratch scratch = artifacts.scratch();
        LocalDebugFiles beside =
                new LocalDebugFiles(debugFile, List.of(), artifacts.folders(), artifacts.folders(), limits, scratch);
        Set<String> canonical = new HashSet<>();
        try (ElfFile file = ElfFile.open(debugFile, limits, scratch);
                DwarfFile dwarf =
                        DwarfFile.open(file, new HeldDebugFiles(beside, served.held(), artifacts, path -> {}))) {
            for (String name : dwarf.sourceNames().names()) {
                // A relative name says nothing without the folder that it counts from, and nobody asks for one.
                if (name.startsWith("/")) {
                    canonical.add(SourcePath.canonical(name));
                }
            }
        } catch (MalformedBinaryException e) {
            // What cannot be read names nothing.
            return Set.of();
        }
        return canonical;
    }

    /// @param name one that verified debug information has, canonical
    private Optional<byte[]> inFolders(String name) throws IOException {
        for (Path folder : folders) {
            try {
                Path file = folder.resolve(name.substring(1)).toRealPath();
                if (file.startsWith(folder.toRealPath())
                        && Files.isRegularFile(file)
                        && Files.size(file) <= FetchedSources.MAX_BYTES) {
                    return Optional.of(Files.readAllBytes(file));
                }
            } catch (InvalidPathException | IOException e) {
                // Not there, which is the usual case, or not readable: another folder may have it.
            }
        }
        return Optional.empty();
    }

    private static int heapBytes(Set<String> names) {
        long bytes = 0;
        for (String name : names) {
            bytes += NAME_BYTES + name.length();
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }
}
