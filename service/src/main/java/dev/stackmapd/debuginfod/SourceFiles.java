package dev.stackmapd.debuginfod;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.Artifacts.ServedFile;
import dev.stackmapd.artifact.FetchedSources;
import dev.stackmapd.artifact.HeldDebugFiles;
import dev.stackmapd.artifact.disk.BinaryScratch;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.dwarf.DwarfFile;
import dev.stackmapd.elfcore.dwarf.LocalDebugFiles;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.upstream.FileRequest;
import dev.stackmapd.upstream.ForwardedHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Source files by build-id and the name in the debug information. Thread-safe.
///
/// If the debug information is held, only files that it names are looked up: in the operator's source
/// folders, then upstream. A request's path alone is never looked up in the file system, and no path
/// leads out of these folders.
///
/// A name may be relative even behind its unit's directory: Debian compiles in `./csu`, and glibc has
/// `./csu/../sysdeps/x86_64/start.S`. Such a file is found under its canonical name from the root of its
/// sources, `/sysdeps/x86_64/start.S`, and as debug information spells it, with its directory or without
/// (`../sysdeps/x86_64/start.S`) unless that would mean several files.
public final class SourceFiles {
    /// The heap of a name in a set, in bytes, without its characters.
    private static final int NAME_BYTES = 64;

    private final Artifacts artifacts;
    private final List<Path> folders;
    private final FetchedSources fetched;
    private final ParseLimits limits;
    private final Cache<BuildId, Optional<Names>> names;

    /// The names of the source files of one binary.
    ///
    /// @param canonical all of them
    /// @param relative those that are not absolute, as debug information has them
    private record Names(Set<String> canonical, Set<String> relative) {
        static final Names NONE = new Names(Set.of(), Set.of());

        /// Returns the canonical name of the requested file; empty if it is none of these.
        ///
        /// @param asked as in the request, with a slash before it
        Optional<String> meant(String asked) {
            String plain = SourcePath.canonical(asked);
            if (canonical.contains(plain) && !asked.startsWith("/../")) {
                return Optional.of(plain);
            }
            Set<String> meant = relative.stream()
                    .filter(name -> isSpelled("/" + name, asked))
                    .map(SourcePath::canonical)
                    .collect(Collectors.toSet());
            return switch (meant.size()) {
                case 0 -> Optional.of(plain).filter(canonical::contains);
                case 1 -> meant.stream().findFirst();
                default -> Optional.empty();
            };
        }

        /// Returns true if the name is the requested one, or ends with it after a directory; `..`
        /// belongs to the segment after it.
        private static boolean isSpelled(String name, String asked) {
            return name.endsWith(asked)
                    && !name.substring(0, name.length() - asked.length()).endsWith("/..");
        }

        int heapBytes() {
            long bytes = Stream.concat(canonical.stream(), relative.stream())
                    .mapToLong(name -> NAME_BYTES + name.length())
                    .sum();
            return (int) Math.min(bytes, Integer.MAX_VALUE);
        }
    }

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
                .<BuildId, Optional<Names>>weigher(
                        (id, all) -> all.orElse(Names.NONE).heapBytes())
                .build();
        artifacts.listen(buildId -> names.invalidate(buildId.unpadded()));
    }

    /// @param path as the client has it, plain or canonical; a slash stands before a relative one
    /// @return empty where the debug information names no such file, or no source of files has it
    Optional<byte[]> find(BuildId asked, String path, ForwardedHeaders forwarded)
            throws IOException, InterruptedException {
        BuildId buildId = artifacts.heldAs(asked);
        Optional<Names> named = names(buildId);
        if (named.isPresent()) {
            Optional<String> meant = named.get().meant(path);
            if (meant.isEmpty()) {
                return Optional.empty();
            }
            Optional<byte[]> local = inFolders(meant.get());
            if (local.isPresent()) {
                return local;
            }
        }
        return upstream(new FileRequest(artifacts.ownBuildId(buildId), new FileRequest.SourceFile(path)), forwarded);
    }

    private Optional<byte[]> upstream(FileRequest request, ForwardedHeaders forwarded) throws InterruptedException {
        Optional<byte[]> known = fetched.find(request);
        if (known.isPresent()) {
            return known;
        }
        artifacts.fetch(request, forwarded);
        return fetched.find(request);
    }

    /// Returns the names in the debug information; empty if it is not held. Concurrent callers for the
    /// same binary wait while one reads them.
    private Optional<Names> names(BuildId buildId) throws IOException {
        BuildId key = buildId.unpadded();
        try {
            Optional<Names> known = names.get(key, this::readNames);
            if (known.isEmpty()) {
                // The file may be put into a folder, without a notification.
                names.invalidate(key);
            }
            return known;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private Optional<Names> readNames(BuildId buildId) {
        Optional<ServedFile> debugInfo = artifacts.serveHeld(buildId, FileRequest.BinaryKind.DEBUGINFO);
        if (debugInfo.isEmpty()) {
            return Optional.empty();
        }
        try (ServedFile served = debugInfo.get()) {
            return Optional.of(read(served));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Names read(ServedFile served) throws IOException {
        Path debugFile = served.file().path();
        BinaryScratch scratch = artifacts.scratch();
        LocalDebugFiles beside =
                new LocalDebugFiles(debugFile, List.of(), artifacts.folders(), artifacts.folders(), limits, scratch);
        Set<String> canonical = new HashSet<>();
        Set<String> relative = new HashSet<>();
        try (ElfFile file = ElfFile.open(debugFile, limits, scratch);
                DwarfFile dwarf =
                        DwarfFile.open(file, new HeldDebugFiles(beside, served.held(), artifacts, path -> {}))) {
            for (String name : dwarf.sourceNames().names()) {
                canonical.add(SourcePath.canonical(name));
                if (!name.startsWith("/")) {
                    relative.add(name);
                }
            }
        } catch (MalformedBinaryException e) {
            // A malformed file names no source files.
            return Names.NONE;
        }
        return new Names(canonical, relative);
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
                // The file does not exist, which is the usual case, or is not readable: another folder may have it.
            }
        }
        return Optional.empty();
    }
}
