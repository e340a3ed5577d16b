package dev.stackmapd.resolve;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.process.Device;
import dev.stackmapd.process.Vma;
import dev.stackmapd.resolve.linux.PathName;

/// Identifies a mapped file of a process: device, inode and name, as in the maps text. Mappings with the
/// same three belong to one file.
///
/// Device and inode alone are ambiguous: every subvolume of a btrfs counts inodes from 257, and the maps
/// text shows the device of the whole file system (`show_map_vma` prints `inode->i_sb->s_dev`), so
/// libraries of two subvolumes or snapshots can share both numbers. The same holds for an overlay whose
/// layers are such subvolumes.
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
