package dev.stackmapd.resolve.linux;

import dev.stackmapd.process.Device;
import dev.stackmapd.process.MapsParser;
import dev.stackmapd.process.VmaIndex;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Device and inode of a file in the form that the kernel shows in a maps text.
///
/// For the same file, `stat` can report other numbers. The maps text has the superblock's device and the
/// inode's own number: `show_map_vma` in `fs/proc/task_mmu.c` prints `i_sb->s_dev` and `i_ino` of
/// `file_user_inode(vma->vm_file)` (Linux 6.8 and later) or `file_inode(vma->vm_file)` (before). `stat`
/// has what the file system's `getattr` makes of them:
///
/// - Most file systems report the same (`generic_fillattr`, `fs/stat.c`).
/// - btrfs reports a device for each subvolume (`btrfs_getattr`, `fs/btrfs/inode.c`); the maps text has one for all.
/// - overlay (`ovl_map_dev_ino`, `fs/overlayfs/inode.c`) over one file system reports its own device, over several one
///   for each of them, or with `xino` its own device and a composed inode. The maps text has the overlay's device since
///   6.8; before, device and inode of the file in its layer.
///
/// Distributions have patched both sides as well. Instead of a table of rules, the running kernel is
/// therefore asked what it shows for this file.
///
/// @param inode unsigned 64-bit
public record MapsInode(Device device, long inode) {
    private static final Path OWN_MAPS = Path.of("/proc/self/maps");

    /// The kernel writes whole lines, at most one page per call (PMX-13).
    private static final int FIRST_READ = 4096;

    /// Maps one page of a file into this process without access rights, and reads the line of this
    /// mapping in `/proc/self/maps`. The mapping lies at the lowest free address, so its line is among
    /// the first; if it is not, the whole text is read. This takes about 40 µs and no I/O on the file.
    ///
    /// @param descriptor of a file that is open for reading
    /// @return empty if the kernel does not map this file, or there is no `/proc`
    public static Optional<MapsInode> of(FileCalls calls, int descriptor) {
        long address = calls.mapWithoutAccess(descriptor);
        if (address < 0) {
            return Optional.empty();
        }
        try (InputStream maps = Files.newInputStream(OWN_MAPS)) {
            return find(maps, address);
        } catch (IOException e) {
            return Optional.empty();
        } finally {
            calls.unmap(address);
        }
    }

    private static Optional<MapsInode> find(InputStream maps, long address) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream(FIRST_READ);
        byte[] first = new byte[FIRST_READ];
        text.write(first, 0, Math.max(0, maps.read(first)));
        Optional<MapsInode> among = find(text.toByteArray(), address);
        if (among.isPresent()) {
            return among;
        }
        maps.transferTo(text);
        return find(text.toByteArray(), address);
    }

    private static Optional<MapsInode> find(byte[] text, long address) {
        VmaIndex vmas = MapsParser.parse(text).vmas();
        int at = vmas.find(address);
        return at == VmaIndex.NONE ? Optional.empty() : Optional.of(new MapsInode(vmas.device(at), vmas.inode(at)));
    }
}
