/// Binaries and debug files by build-id, and every way to them: folders and `.build-id` trees that the operator names
/// (read only), what clients send and upstreams give (kept in `disk`, fetched by `upstream`), and out again over the
/// debuginfod protocol.
///
/// Knows `elf-core` and, for what is refused, `ingest`; knows nothing of stacks or of names for addresses. Only its
/// controllers know HTTP and Spring. A file's own build-id decides what it is, never its name or place.
@NullMarked
package dev.stackmapd.artifact;

import org.jspecify.annotations.NullMarked;
