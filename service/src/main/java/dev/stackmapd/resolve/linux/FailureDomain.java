package dev.stackmapd.resolve.linux;

import dev.stackmapd.process.Device;

/// Where a look-up is while the kernel works for it: what does not answer if it does not come back. Places come
/// from what the kernel tells, or from settings, never from the numbers in a maps text: a sender could invent
/// any number of those.
///
/// @param inode of the folder that the step leads out of; 0 where there is no step
/// @param step a name, or empty
public record FailureDomain(Device device, long inode, String step) {
    private static final Device NO_DEVICE = new Device(0, 0);

    /// A file system.
    public static FailureDomain ofFileSystem(Device device) {
        return new FailureDomain(device, 0, "");
    }

    /// A mount point, before the file system behind it is known.
    static FailureDomain ofMountPoint(Device device, long inode, PathName name) {
        return new FailureDomain(device, inode, name.toString());
    }

    /// A process of this host.
    public static FailureDomain ofProcess(int pid) {
        return new FailureDomain(NO_DEVICE, 0, "/proc/" + pid);
    }

    /// The way to a directory that the operator named.
    static FailureDomain ofRoot(String directory) {
        return new FailureDomain(NO_DEVICE, 0, directory);
    }
}
