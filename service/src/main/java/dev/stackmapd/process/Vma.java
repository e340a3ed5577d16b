package dev.stackmapd.process;

import static java.nio.charset.StandardCharsets.UTF_8;

/// One mapping, the half-open range `[start, end)` of unsigned addresses; one line of proc_pid_maps(5).
///
/// A view of its [VmaIndex]: names are made when asked for. Immutable, safe to share between threads.
public final class Vma {
    private final VmaIndex index;
    private final int at;

    Vma(VmaIndex index, int at) {
        this.index = index;
        this.at = at;
    }

    public long start() {
        return index.start(at);
    }

    /// The first address behind the mapping.
    public long end() {
        return index.end(at);
    }

    /// Bytes into the backing file at which [#start] is mapped (PMX-03); 0 where there is no file.
    public long fileOffset() {
        return index.fileOffset(at);
    }

    public boolean executable() {
        return index.executable(at);
    }

    public Device device() {
        return index.device(at);
    }

    /// Unsigned 64-bit (PMX-05).
    public long inode() {
        return index.inode(at);
    }

    /// Whether a file is behind it: device and inode are not both zero (PMX-11). The name does not tell.
    public boolean hasFile() {
        return index.hasFile(at);
    }

    /// The last column for people to read: decoded as UTF-8, what is not UTF-8 replaced by U+FFFD. Empty where the
    /// mapping has no name. Two files can have the same; [#pathBytes] tells them apart.
    public String name() {
        return new String(index.nameBytes(at), UTF_8);
    }

    /// The last column byte for byte, ` (deleted)` and `\012` included (PMX-07). The caller's own copy.
    public byte[] pathBytes() {
        return index.nameBytes(at);
    }

    /// [#pathBytes] with every `\012` turned back into a newline. A file whose name really holds these four characters
    /// cannot be told apart (PMX-08).
    public byte[] unescapedPathBytes() {
        return MapsName.unescape(index.nameBytes(at));
    }

    /// Whether the name ends in ` (deleted)`, as the kernel marks a file that is no longer linked. A file may also
    /// truly be called so (PMX-09).
    public boolean deleted() {
        return MapsName.deleted(index.nameBytes(at));
    }

    /// Whether the kernel itself put the mapping there: no file, and a name in brackets such as `[vdso]`, `[vvar]`,
    /// `[vsyscall]` or `[uprobes]`. `[heap]`, `[stack]`, `[stack:TID]` and `[anon:NAME]` are anonymous memory of
    /// the process itself and do not count (PMX-10).
    public boolean special() {
        return index.special(at);
    }

    @Override
    public String toString() {
        return "%08x-%08x %s".formatted(start(), end(), name());
    }
}
