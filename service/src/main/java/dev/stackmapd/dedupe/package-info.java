/// Deduplicates packed stacks: a table of keyed fingerprints over an arena that stores each distinct
/// stack once.
///
/// Knows `stack`; knows nothing of how a stack is translated, stored on disk or sent. Read
/// [dev.stackmapd.dedupe.ExactStackMap] first.
@NullMarked
package dev.stackmapd.dedupe;

import org.jspecify.annotations.NullMarked;
