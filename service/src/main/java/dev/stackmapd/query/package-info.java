/// Answers questions over HTTP: stored stacks, names for frames, kernel-style stack maps, what is known of binaries.
///
/// A controller decodes, calls, encodes. Only `app` depends on this package. Read [StackController] first.
@NullMarked
package dev.stackmapd.query;

import org.jspecify.annotations.NullMarked;
