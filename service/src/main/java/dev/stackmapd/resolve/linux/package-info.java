/// Opens files of this host by Linux system calls through the foreign function API, because Java's own
/// API can neither open a path below a directory without following links, nor check a file before it is
/// opened.
///
/// A file system that does not respond (a hung NFS or FUSE mount) blocks the calling thread
/// indefinitely, and no flag of Linux prevents that. Such calls are therefore made only on
/// [dev.stackmapd.resolve.linux.HostFileThreads], whose callers wait until a deadline at most.
///
/// Knows `process` for device numbers; knows nothing of frames or batches. Read
/// [dev.stackmapd.resolve.linux.PathWalk] first.
@NullMarked
package dev.stackmapd.resolve.linux;

import org.jspecify.annotations.NullMarked;
