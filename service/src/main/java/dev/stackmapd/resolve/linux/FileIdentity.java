package dev.stackmapd.resolve.linux;

import dev.stackmapd.process.Device;
import java.time.Duration;
import java.time.Instant;

/// Identifies one state of one file (DEV-18, XLT-30).
///
/// @param inode unsigned 64-bit
/// @param size bytes
/// @param modified when the contents last changed
/// @param changed when the contents or attributes of the file last changed; no program can set it
public record FileIdentity(Device device, long inode, long size, Instant modified, Instant changed) {
    /// Coarser than the time stamps of any file system but FAT.
    private static final Duration CLOCK_STEP = Duration.ofSeconds(1);

    /// Returns true if both are the same file with the same contents. Names and permissions may have
    /// changed in between.
    public boolean hasContentsOf(FileIdentity other) {
        return device.equals(other.device)
                && inode == other.inode
                && size == other.size
                && modified.equals(other.modified);
    }

    /// Returns true if any later change would change the identity. Two changes within one step of the
    /// file system's clock leave the same time stamp, so the contents of a file that was changed just
    /// now must not be cached by its identity.
    public boolean settled(Instant now) {
        return Duration.between(changed, now).compareTo(CLOCK_STEP) > 0;
    }
}
