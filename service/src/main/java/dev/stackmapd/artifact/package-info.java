/// Binaries and debug files by build-id. Today: folders and `.build-id` trees that the operator names, read only.
///
/// Knows `elf-core`; knows nothing of stacks, of names for addresses, of HTTP or of Spring. A file's own build-id
/// decides what it is, never its name or place.
@NullMarked
package dev.stackmapd.artifact;

import org.jspecify.annotations.NullMarked;
