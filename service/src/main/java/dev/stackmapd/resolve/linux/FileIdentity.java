package dev.stackmapd.resolve.linux;

import dev.stackmapd.process.Device;
import java.time.Duration;
import java.time.Instant;

/// What tells one state of one file from every other (DEV-18, XLT-30).
///
/// @param inode unsigned 64-bit
/// @param size bytes
/// @param modified when the contents last changed
/// @param changed when anything about the file last changed; nobody can set it
public record FileIdentity(Device device, long inode, long size, Instant modified, Instant changed) {
    /// Coarser than the clock of any file system but FAT.
    private static final Duration CLOCK_STEP = Duration.ofSeconds(1);

    /// Returns true if both are the same state of the same file, which may have got or lost a name or other rights
    /// between them.
    public boolean hasContentsOf(FileIdentity other) {
        return device.equals(other.device)
                && inode == other.inode
                && size == other.size
                && modified.equals(other.modified);
    }

    /// Whether any later change would show. Two changes within a step of the file system's clock leave the same time
    /// behind, so what a file holds right after a change must not be remembered by its identity.
    public boolean settled(Instant now) {
        return Duration.between(changed, now).compareTo(CLOCK_STEP) > 0;
    }
}
