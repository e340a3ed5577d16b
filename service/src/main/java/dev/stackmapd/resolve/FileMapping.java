package dev.stackmapd.resolve;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.process.Vma;
import dev.stackmapd.resolve.linux.PathName;

/// One file-backed mapping. This is a copy of the data of a [Vma], which would keep the whole maps text
/// in memory for as long as a look-up does not return.
///
/// @param start the first address
/// @param end the first address after the mapping
/// @param path the name in `file`, with each `\012` as a newline (PMX-08)
record FileMapping(long start, long end, MappedFile file, PathName path) {
    FileMapping {
        requireNonNull(file, "file");
        requireNonNull(path, "path");
    }

    static FileMapping of(Vma vma) {
        return new FileMapping(vma.start(), vma.end(), MappedFile.of(vma), PathName.of(vma.unescapedPathBytes()));
    }

    /// Returns true if the mapped file has this name. The file may have been unlinked since it was
    /// mapped.
    ///
    /// @param name with or without escapes
    boolean isCalled(PathName name) {
        PathName unmarked = name.unmarked();
        return unmarked.equals(file.name().unmarked()) || unmarked.equals(path.unmarked());
    }

    /// Returns a mapping of the same file at the address range of `vma`.
    FileMapping at(Vma vma) {
        return new FileMapping(vma.start(), vma.end(), file, path);
    }
}
