/// Serves queries over HTTP: stored stacks, symbolization, kernel-style stack maps, and descriptions of
/// binaries.
///
/// A controller decodes, calls, encodes. Only `app` depends on this package. Read [StackController] first.
@NullMarked
package dev.stackmapd.query;

import org.jspecify.annotations.NullMarked;
