/// Turns the addresses of a process into frames, and says where a build-id comes from: what the sender said of
/// a file, the head of the file that it sent, or a file of this host that may be read.
///
/// Knows `process` and `stack`, and asks `elf-core` for build-ids; knows nothing of batches, stores, HTTP or
/// Spring. It follows XLT-10 to XLT-16 and XLT-24, and differs from the kernel where DEV-09 to DEV-18 say so.
///
/// `linux` opens the files. What was looked up lately ([ResolutionCache]) is answered without opening any.
///
/// Read [MappedBinaries] first, then [BatchFiles] and [FileSearch].
@NullMarked
package dev.stackmapd.resolve;

import org.jspecify.annotations.NullMarked;
