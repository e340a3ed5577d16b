package dev.stackmapd.artifact;

import dev.stackmapd.elfcore.elf.BuildId;
import java.nio.file.Path;

/// One local file that has a build-id.
public sealed interface Artifact {

    BuildId buildId();

    /// Where it was found. For the server only: a path must not reach a client.
    Path path();

    /// 0 for the best names, more for worse ones, damaged files last.
    static int rank(Artifact artifact) {
        return switch (artifact) {
            case Binary binary ->
                switch (binary.symbols()) {
                    case DEBUG_INFORMATION -> 0;
                    case SYMTAB -> 1;
                    case DYNSYM -> 2;
                    case NONE -> 3;
                };
            case Damaged damaged -> 4;
        };
    }

    /// A file whose tables could be read.
    ///
    /// @param code whether its code lies in it, so that its load segments are the executable's
    /// @param symbols the best that it has
    record Binary(BuildId buildId, Path path, Code code, Symbols symbols) implements Artifact {}

    /// A file that has a build-id and is broken behind it.
    ///
    /// @param detail what is wrong, and at which byte; names no path
    record Damaged(BuildId buildId, Path path, String detail) implements Artifact {}

    /// Whether a file is an executable or a debug-only file.
    ///
    /// A debug-only file (`objcopy --only-keep-debug`) keeps program headers, but their offsets and sizes are not
    /// those of the executable (its `p_filesz` are mostly 0), and some tools copy the headers unchanged over a
    /// file that has no such bytes. Nothing in the file tells the two apart, so the load segments of a file
    /// without code are never used as a bridge from file offsets to addresses.
    enum Code {
        PRESENT,
        ABSENT
    }

    /// Best first: `.symtab` has what `.dynsym` has, and more.
    enum Symbols {
        DEBUG_INFORMATION,
        SYMTAB,
        DYNSYM,
        NONE
    }
}
