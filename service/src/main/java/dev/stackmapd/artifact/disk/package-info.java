/// Binaries and debug files that came from elsewhere, kept on disk by build-id and kind, within bounds.
///
/// Bytes that have changed on the disk since are not handed out: `Catalog` compares those of a file that was
/// touched, `Scrub` those of all files from time to time.
///
/// A file is taken only if its own bytes are what is claimed of them, and only if there was room for it before it was
/// written. Others that keep files which can be made again, such as indexes, share quota and free space as a
/// `EvictableFiles`, and inflated sections of open binaries as a `BinaryScratch`.
/// How the folder is laid out, and in which order it is changed so that a process may die at any moment, stands in
/// `Disk` and in this module's `RATIONALE.md`.
///
/// Knows `elf-core` and what an artifact is; knows nothing of where files come from beyond the name of it, of what
/// tenants keep, of HTTP or of Spring.
@NullMarked
package dev.stackmapd.artifact.disk;

import org.jspecify.annotations.NullMarked;
