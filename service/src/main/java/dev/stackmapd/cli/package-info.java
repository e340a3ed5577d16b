/// The commands of the jar that answer on the terminal: `symbolize` and `explain`. They start no server, write no file
/// and ask no upstream. [Commands] is the way in.
///
/// Knows `elf-core` only.
@NullMarked
package dev.stackmapd.cli;

import org.jspecify.annotations.NullMarked;
