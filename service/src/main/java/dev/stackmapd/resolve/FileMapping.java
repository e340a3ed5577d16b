package dev.stackmapd.resolve;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.process.Vma;
import dev.stackmapd.resolve.linux.PathName;

/// A mapped file that is looked for. A copy of what a [Vma] says, which would keep the whole maps text in
/// memory as long as a look-up does not return.
///
/// @param start of its mapping
/// @param end of its mapping
/// @param path the name in `file`, with each `\012` as a newline (PMX-08)
record FileMapping(long start, long end, MappedFile file, PathName path) {
    FileMapping {
        requireNonNull(file, "file");
        requireNonNull(path, "path");
    }

    static FileMapping of(Vma vma) {
        return new FileMapping(vma.start(), vma.end(), MappedFile.of(vma), PathName.of(vma.unescapedPathBytes()));
    }

    /// Returns true if the file that is looked for has this name. It may have been unlinked since.
    ///
    /// @param name with or without escapes
    boolean isCalled(PathName name) {
        PathName unmarked = name.unmarked();
        return unmarked.equals(file.name().unmarked()) || unmarked.equals(path.unmarked());
    }

    /// The same file, mapped elsewhere.
    FileMapping at(Vma vma) {
        return new FileMapping(vma.start(), vma.end(), file, path);
    }
}
