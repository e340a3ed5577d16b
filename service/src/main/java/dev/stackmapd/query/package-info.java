/// Questions over HTTP: stored stacks, names for frames, kernel-style stack maps, what is known of binaries.
///
/// A controller decodes, calls, encodes. Knows every room above it; no other room but `app` knows it.
@NullMarked
package dev.stackmapd.query;

import org.jspecify.annotations.NullMarked;
