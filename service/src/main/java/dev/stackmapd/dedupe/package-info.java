/// Recognises packed stacks that were seen before: a table of fingerprints under a keyed hash, over an arena that
/// keeps each distinct stack once.
///
/// Knows `stack`; knows nothing of how a stack is translated, stored on disk or sent. Read
/// [dev.stackmapd.dedupe.ExactStackMap] first.
@NullMarked
package dev.stackmapd.dedupe;

import org.jspecify.annotations.NullMarked;
