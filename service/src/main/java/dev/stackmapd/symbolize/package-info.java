/// Symbolizes frames: finds the functions of a frame, or the reason why it has no name.
///
/// Knows `artifact` and `elf-core`, whose `lookup` finds the names; caches open binaries under one
/// budget. Read [Symbolizer] first. Knows nothing of HTTP, of stores or of Spring.
@NullMarked
package dev.stackmapd.symbolize;

import org.jspecify.annotations.NullMarked;
