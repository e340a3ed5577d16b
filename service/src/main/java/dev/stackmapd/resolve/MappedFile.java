package dev.stackmapd.resolve;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.process.Device;
import dev.stackmapd.process.Vma;
import dev.stackmapd.resolve.linux.PathName;

/// What makes two mappings of a process mappings of one file: device, inode and name, as the maps text has them.
///
/// Device and inode alone do not: every subvolume of a btrfs counts inodes from 257, and the maps text has the
/// device of the whole file system (`show_map_vma` prints `inode->i_sb->s_dev`), so that libraries of two subvolumes
/// or snapshots can have both numbers in common. The same holds for an overlay whose layers are such subvolumes.
///
/// @param inode unsigned 64-bit
public record MappedFile(Device device, long inode, PathName name) {
    public MappedFile {
        requireNonNull(device, "device");
        requireNonNull(name, "name");
    }

    static MappedFile of(Vma vma) {
        return new MappedFile(vma.device(), vma.inode(), PathName.of(vma.pathBytes()));
    }
}
