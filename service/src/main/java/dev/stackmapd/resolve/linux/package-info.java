/// Opens files of this host by Linux system calls through the foreign function API, because Java's own cannot
/// open a path beneath a directory without following links, nor look at what it opens before it is open.
///
/// A file system that does not answer (a hung NFS or FUSE mount) holds the calling thread until it does, and no flag of
/// Linux prevents that. So such calls are made by [dev.stackmapd.resolve.linux.HostFileThreads] alone, whose callers
/// wait
/// no longer than a deadline.
///
/// Knows `process` for device numbers; knows nothing of frames or batches. Read
/// [dev.stackmapd.resolve.linux.PathWalk] first.
@NullMarked
package dev.stackmapd.resolve.linux;

import org.jspecify.annotations.NullMarked;
