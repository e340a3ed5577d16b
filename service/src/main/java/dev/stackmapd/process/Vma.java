package dev.stackmapd.process;

import static java.nio.charset.StandardCharsets.UTF_8;

/// One mapping, which is one line of proc_pid_maps(5): the half-open range `[start, end)` of unsigned
/// addresses.
///
/// This is a view of its [VmaIndex]; names are created on each call. Immutable and thread-safe.
public final class Vma {
    private final VmaIndex index;
    private final int at;

    Vma(VmaIndex index, int at) {
        this.index = index;
        this.at = at;
    }

    /// Returns the first address of the mapping.
    public long start() {
        return index.start(at);
    }

    /// Returns the first address after the mapping.
    public long end() {
        return index.end(at);
    }

    /// Returns the offset in the backing file, in bytes, that is mapped at [#start] (PMX-03); 0 without
    /// a file.
    public long fileOffset() {
        return index.fileOffset(at);
    }

    public boolean executable() {
        return index.executable(at);
    }

    public Device device() {
        return index.device(at);
    }

    /// Returns the inode number, unsigned 64-bit (PMX-05).
    public long inode() {
        return index.inode(at);
    }

    /// Returns true if the mapping is backed by a file: device and inode are not both zero (PMX-11). The
    /// name does not decide this.
    public boolean hasFile() {
        return index.hasFile(at);
    }

    /// Returns the last column for display: decoded as UTF-8, with U+FFFD for malformed bytes. Returns
    /// an empty text if the mapping has no name. Two files can have the same text; [#pathBytes] differs.
    public String name() {
        return new String(index.nameBytes(at), UTF_8);
    }

    /// Returns a copy of the bytes of the last column, including ` (deleted)` and `\012` (PMX-07).
    public byte[] pathBytes() {
        return index.nameBytes(at);
    }

    /// Returns [#pathBytes] with every `\012` replaced by a newline. A file whose name really contains
    /// these four characters cannot be distinguished (PMX-08).
    public byte[] unescapedPathBytes() {
        return MapsName.unescape(index.nameBytes(at));
    }

    /// Returns true if the name ends in ` (deleted)`, with which the kernel marks an unlinked file. A
    /// file may also really have such a name (PMX-09).
    public boolean deleted() {
        return MapsName.deleted(index.nameBytes(at));
    }

    /// Returns true if the kernel itself created the mapping: it has no file, and a name in brackets
    /// such as `[vdso]`, `[vvar]`, `[vsyscall]` or `[uprobes]`. `[heap]`, `[stack]`, `[stack:TID]` and
    /// `[anon:NAME]` are anonymous memory of the process and are not special (PMX-10).
    public boolean special() {
        return index.special(at);
    }

    @Override
    public String toString() {
        return "%08x-%08x %s".formatted(start(), end(), name());
    }
}
