/// The command line tools of the jar: `symbolize` and `explain`. They start no server, write no file and
/// query no upstream. Read [Commands] first.
///
/// Knows `elf-core` only.
@NullMarked
package dev.stackmapd.cli;

import org.jspecify.annotations.NullMarked;
