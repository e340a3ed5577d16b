package dev.stackmapd.elfcore.elf;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/// Searches the local disk for the file that a `.gnu_debuglink` names, at the places where gdb searches:
/// beside the executable, in `.debug` below that folder, and in debug folders, at the executable's own
/// path below them or directly. Only a file whose CRC is the link's is found.
///
/// @param executable the file that has the link
/// @param debugFolders such as `/usr/lib/debug`
public record DebugLinkSearch(Path executable, List<Path> debugFolders) {
    public DebugLinkSearch {
        requireNonNull(executable, "executable");
        debugFolders = List.copyOf(debugFolders);
    }

    /// Returns the first candidate with the right CRC. Reads each candidate whole. A name that has
    /// folders is never found.
    public Optional<Path> find(DebugLink link) throws IOException {
        for (Path candidate : candidates(link.fileName())) {
            if (Files.isRegularFile(candidate)
                    && !Files.isSameFile(candidate, executable)
                    && crc32(candidate) == link.crc32()) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /// Returns the paths at which [#find] looks, in this order.
    public List<Path> candidates(DebugLink link) {
        return candidates(link.fileName());
    }

    private List<Path> candidates(String fileName) {
        List<Path> candidates = new ArrayList<>();
        try {
            Path name = Path.of(fileName);
            if (!fileName.isEmpty() && name.equals(name.getFileName()) && !fileName.equals("..")) {
                Path absolute = executable.toAbsolutePath();
                candidates.add(absolute.resolveSibling(name));
                candidates.add(absolute.resolveSibling(".debug").resolve(name));
                for (Path folder : debugFolders) {
                    candidates.add(folder.resolve(absolute.getRoot().relativize(absolute))
                            .resolveSibling(name));
                    candidates.add(folder.resolve(name));
                }
            }
        } catch (InvalidPathException e) {
            // No file system has such a name.
            return List.of();
        }
        return candidates;
    }

    private static int crc32(Path file) throws IOException {
        CRC32 crc = new CRC32();
        try (InputStream in = new CheckedInputStream(Files.newInputStream(file), crc)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return (int) crc.getValue();
    }
}
