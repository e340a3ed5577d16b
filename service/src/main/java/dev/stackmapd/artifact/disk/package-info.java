/// The store of fetched and uploaded binaries and debug files on disk, by build-id and kind, within a
/// quota.
///
/// Files whose bytes have changed on the disk are not handed out: `Catalog` verifies a file whose
/// timestamp has changed, `Scrub` all files periodically.
///
/// A file is stored only if its bytes are what they are claimed to be, and only if space was reserved
/// before it was written. Files that can be made again, such as indexes, share quota and free space as
/// `EvictableFiles`, and decompressed sections of open binaries as `BinaryScratch`. The layout of the
/// folder, and the order of changes that lets a process die at any moment, are documented in `Disk` and
/// in this module's `RATIONALE.md`.
///
/// Knows `elf-core`; knows nothing of HTTP, of Spring or of the contents of `EvictableFiles`, and of a
/// file's origin only its name. Read `ArtifactStore` first.
@NullMarked
package dev.stackmapd.artifact.disk;

import org.jspecify.annotations.NullMarked;
