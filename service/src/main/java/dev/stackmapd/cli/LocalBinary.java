package dev.stackmapd.cli;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.ScratchSpace;
import dev.stackmapd.elfcore.dwarf.LocalDebugFiles;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.elfcore.elf.DebugLink;
import dev.stackmapd.elfcore.elf.DebugLinkSearch;
import dev.stackmapd.elfcore.elf.ElfFile;
import dev.stackmapd.elfcore.lookup.BinaryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One binary of this machine and the files with its debug information, which are searched in the same
/// order as gdb does: in the file itself, in debug folders by build-id, then by `.gnu_debuglink`; for
/// split units, packages and `dwz` files, see [LocalDebugFiles]. Not thread-safe.
final class LocalBinary {
    /// No restriction is necessary, because the user of the command may read these files anyway.
    private static final List<Path> ANYWHERE = List.of(Path.of("/"));

    private final Path path;
    private final ElfFile file;
    private final BinaryFiles files = new BinaryFiles();
    private final List<Path> debugFolders;
    private final Set<Path> lookedFor = new LinkedHashSet<>();
    private final List<String> damages = new ArrayList<>();
    private Optional<Path> debugFile = Optional.empty();

    private LocalBinary(Path path, ElfFile file, List<Path> debugFolders) {
        this.path = path;
        this.file = file;
        this.debugFolders = debugFolders;
    }

    /// Opens a binary and finds its files, which [#files] owns.
    ///
    /// @param debugFolders such as `/usr/lib/debug`
    static LocalBinary open(Path path, List<Path> debugFolders) throws CommandException {
        if (!Files.isRegularFile(path)) {
            throw new CommandException(
                    Commands.NO_FILE, Files.exists(path) ? path + " is not a file." : "there is no file " + path + ".");
        }
        try {
            return of(path, ElfFile.open(path, ParseLimits.DEFAULT), debugFolders);
        } catch (MalformedBinaryException e) {
            throw new CommandException(
                    Commands.BAD_FILE, "%s cannot be read as an ELF file: %s.".formatted(path, e.reason()));
        } catch (IOException e) {
            throw new CommandException(Commands.NO_FILE, "%s cannot be read: %s.".formatted(path, e.getMessage()));
        }
    }

    private static LocalBinary of(Path path, ElfFile file, List<Path> debugFolders)
            throws IOException, MalformedBinaryException {
        LocalBinary binary = new LocalBinary(path, file, debugFolders);
        try {
            binary.use();
            return binary;
        } catch (IOException | MalformedBinaryException | RuntimeException e) {
            binary.files.close();
            throw e;
        }
    }

    private void use() throws IOException, MalformedBinaryException {
        files.add(file);
        files.useCode(file);
        if (file.debugSection(".debug_info").isPresent()) {
            useDebugInformation(path, file);
            return;
        }
        for (Path candidate : buildIdCandidates()) {
            lookedFor.add(candidate);
            if (Files.isRegularFile(candidate) && useIfOfBuildId(candidate)) {
                return;
            }
        }
        followDebugLink();
    }

    private List<Path> buildIdCandidates() {
        String id = buildId().map(BuildId::hex).orElse("");
        return id.length() <= 2
                ? List.of()
                : debugFolders.stream()
                        .map(folder -> folder.resolve(".build-id", id.substring(0, 2), id.substring(2) + ".debug"))
                        .toList();
    }

    private boolean useIfOfBuildId(Path candidate) throws IOException {
        try {
            ElfFile opened = ElfFile.open(candidate, ParseLimits.DEFAULT);
            if (buildIdOf(opened).equals(buildId())) {
                useDebugFile(candidate, opened);
                return true;
            }
            opened.close();
        } catch (MalformedBinaryException e) {
            damages.add("%s: %s".formatted(candidate, e.reason()));
        }
        return false;
    }

    private void followDebugLink() throws IOException, MalformedBinaryException {
        Optional<DebugLink> link = file.debugLink();
        if (link.isEmpty()) {
            return;
        }
        DebugLinkSearch search = new DebugLinkSearch(path, debugFolders);
        lookedFor.addAll(search.candidates(link.get()));
        Optional<Path> found = search.find(link.get());
        if (found.isPresent()) {
            useDebugFile(found.get(), ElfFile.open(found.get(), ParseLimits.DEFAULT));
        }
    }

    private void useDebugFile(Path place, ElfFile opened) {
        debugFile = Optional.of(place);
        files.addFirst(opened);
        useDebugInformation(place, opened);
    }

    private void useDebugInformation(Path place, ElfFile opened) {
        LocalDebugFiles beside = new LocalDebugFiles(
                place, List.of(path), ANYWHERE, debugFolders, ParseLimits.DEFAULT, ScratchSpace.TEMPORARY);
        files.useDebugInformation(opened, wanted -> {
            lookedFor.addAll(beside.candidates(wanted));
            return beside.find(wanted);
        });
        files.damage().ifPresent(e -> damages.add("%s: %s".formatted(place, e.reason())));
    }

    private static Optional<BuildId> buildIdOf(ElfFile file) {
        return file.buildId() instanceof BuildIdSearch.Found(BuildId id) ? Optional.of(id) : Optional.empty();
    }

    Optional<BuildId> buildId() {
        return buildIdOf(file);
    }

    /// Returns the number of hexadecimal digits of an address with leading zeros.
    int addressDigits() {
        return 2 * file.elfClass().wordBytes();
    }

    BinaryFiles files() {
        return files;
    }

    /// Returns the separate file with debug information or symbols, if one was found.
    Optional<Path> debugFile() {
        return debugFile;
    }

    /// Returns descriptions of the defects of debug files.
    List<String> damages() {
        return damages;
    }

    /// Returns the paths that were searched so far, with and without success, in that order.
    Set<Path> lookedFor() {
        return lookedFor;
    }
}
