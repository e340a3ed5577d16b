/// Names for frames: which function, how it was found, or why there is none.
///
/// Knows `artifact` and `elf-core`, whose `lookup` answers; keeps open what they give under one budget.
/// [Symbolizer] is the way in: it takes the frames of a question, binary by binary. Indexes lie in a folder
/// of their own, within the quota of the artifact store. Knows nothing of HTTP, of stores or of Spring.
@NullMarked
package dev.stackmapd.symbolize;

import org.jspecify.annotations.NullMarked;
