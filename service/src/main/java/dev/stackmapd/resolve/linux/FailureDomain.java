package dev.stackmapd.resolve.linux;

import dev.stackmapd.process.Device;

/// The part of the system that a system call depends on, and that is unresponsive if the call does not
/// return. Domains are derived from what the kernel reports, or from settings, never from the numbers in
/// a maps text, because a sender could invent any number of those.
///
/// @param inode of the directory that contains the mount point; 0 for other domains
/// @param step the name of the mount point, the path of another domain, or empty
public record FailureDomain(Device device, long inode, String step) {
    private static final Device NO_DEVICE = new Device(0, 0);

    /// Returns the domain of a file system.
    public static FailureDomain ofFileSystem(Device device) {
        return new FailureDomain(device, 0, "");
    }

    /// Returns the domain of a mount point whose file system is not known yet.
    static FailureDomain ofMountPoint(Device device, long inode, PathName name) {
        return new FailureDomain(device, inode, name.toString());
    }

    /// Returns the domain of a process of this host.
    public static FailureDomain ofProcess(int pid) {
        return new FailureDomain(NO_DEVICE, 0, "/proc/" + pid);
    }

    /// Returns the domain of the path to a configured directory.
    static FailureDomain ofRoot(String directory) {
        return new FailureDomain(NO_DEVICE, 0, directory);
    }
}
