package dev.stackmapd.elfcore.gsym;

import static java.util.Objects.requireNonNull;

/// One function that an address is in: the one that the code belongs to, or one inlined into it.
///
/// @param function name as the file has it, mangled or not
/// @param directory empty where it is not known
/// @param file base name; empty where it is not known
/// @param line unsigned; 0 where it is not known. Of an outer frame, `file` and `line` are the call of
///     the inner one
public record GsymFrame(String function, String directory, String file, long line) {
    public GsymFrame {
        requireNonNull(function, "function");
        requireNonNull(directory, "directory");
        requireNonNull(file, "file");
    }

    /// Directory and file; empty where neither is known.
    public String path() {
        return directory.isEmpty() || directory.endsWith("/") ? directory + file : directory + '/' + file;
    }
}
