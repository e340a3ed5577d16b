/// Binaries and debug files by build-id: folders and `.build-id` trees that the operator names, read only; in
/// `disk` what was sent or fetched.
///
/// Knows `elf-core`; knows nothing of stacks, of names for addresses, of HTTP or of Spring. A file's own build-id
/// decides what it is, never its name or place.
@NullMarked
package dev.stackmapd.artifact;

import org.jspecify.annotations.NullMarked;
