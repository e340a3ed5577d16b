/// Names for frames: which function, how it was found, or why there is none.
///
/// Knows `artifact` and `elf-core`, and keeps open what they give under one budget. Indexes lie in a folder of
/// their own, within the quota of the artifact store. Knows nothing of HTTP, of stores or of Spring.
@NullMarked
package dev.stackmapd.symbolize;

import org.jspecify.annotations.NullMarked;
