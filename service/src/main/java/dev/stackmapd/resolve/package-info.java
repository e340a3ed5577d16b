/// Translates the addresses of a process into frames, and resolves build-ids from three sources: the
/// sender's statements about a file, the head of the file that it sent, and files of this host that may
/// be read.
///
/// Knows `process` and `stack`, and asks `elf-core` for build-ids; knows nothing of batches, stores, HTTP or
/// Spring. It follows XLT-10 to XLT-16 and XLT-24, and differs from the kernel where DEV-09 to DEV-18 say so.
///
/// `linux` opens the files. A cached resolution ([ResolutionCache]) is returned without opening any.
///
/// Read [MappedBinaries] first, then [BatchFiles] and [FileSearch].
@NullMarked
package dev.stackmapd.resolve;

import org.jspecify.annotations.NullMarked;
