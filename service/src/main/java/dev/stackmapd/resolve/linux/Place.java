package dev.stackmapd.resolve.linux;

import dev.stackmapd.process.Device;

/// Where a look-up is while the kernel works for it: what does not answer if it does not come back. Places come
/// from what the kernel tells, or from settings, never from the numbers in a maps text: a sender could invent
/// any number of those.
///
/// @param inode of the folder that the step leads out of; 0 where there is no step
/// @param step a name, or empty
public record Place(Device device, long inode, String step) {
    private static final Device NO_DEVICE = new Device(0, 0);

    /// A file system.
    public static Place within(Device device) {
        return new Place(device, 0, "");
    }

    /// A mount point, before the file system behind it is known.
    static Place behind(Device device, long inode, PathName name) {
        return new Place(device, inode, name.toString());
    }

    /// A process of this host.
    public static Place ofProcess(int pid) {
        return new Place(NO_DEVICE, 0, "/proc/" + pid);
    }

    /// The way to a directory that the operator named.
    static Place ofRoot(String directory) {
        return new Place(NO_DEVICE, 0, directory);
    }
}
