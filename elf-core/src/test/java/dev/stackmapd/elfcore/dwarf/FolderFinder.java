package dev.stackmapd.elfcore.dwarf;

import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.ElfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Looks for every other file in the folder of the first one, by its last name.
///
/// @param withPackage whether a package may answer, or only single split files
record FolderFinder(Path file, boolean withPackage) implements DebugFileFinder {

    @Override
    public Optional<ElfFile> find(Wanted wanted) throws IOException, MalformedBinaryException {
        return switch (wanted) {
            case Wanted.SplitPackage any ->
                withPackage ? open(file.resolveSibling(file.getFileName() + ".dwp")) : Optional.empty();
            case Wanted.SplitUnit unit ->
                open(file.resolveSibling(Path.of(unit.name()).getFileName()));
            case Wanted.Alternate alternate ->
                open(file.resolveSibling(Path.of(alternate.name()).getFileName()));
        };
    }

    private static Optional<ElfFile> open(Path path) throws IOException, MalformedBinaryException {
        return Files.exists(path) ? Optional.of(ElfFile.open(path, ParseLimits.DEFAULT)) : Optional.empty();
    }
}
