/// Turns the addresses of a process into frames, and says where a build-id comes from: what the sender said of
/// a file, the head of the file that it sent, or a file of this host that may be read.
///
/// Knows `process` and `stack`, and asks `elf-core` for build-ids; knows nothing of batches, stores, HTTP or
/// Spring. It follows XLT-10 to XLT-16 and XLT-24, and differs from the kernel where DEV-09 to DEV-18 say so.
///
/// Files are opened by Linux system calls through the foreign function API, because Java's own cannot open a
/// path beneath a directory without following links, nor look at what it opens before it is open. A file system
/// that does not answer (a hung NFS or FUSE mount) holds the thread that calls until it does, and no flag of
/// Linux prevents that. So such calls are made by [HostFileThreads] alone, which may be lost, and whose callers
/// wait no longer than a deadline. What was looked up lately ([RecentLookUps]) is answered without any of them.
///
/// To read first: [MappedBinaries], then [BatchFiles] and [FileSearch].
@NullMarked
package dev.stackmapd.resolve;

import org.jspecify.annotations.NullMarked;
