/// Stores stacks, their sightings by series and time, and the binaries of their frames, behind small
/// ports. Read [dev.stackmapd.store.Store] first.
///
/// Knows `stack`, `series` and `dedupe`; knows nothing of HTTP, symbols or Spring. Each implementation
/// is a sub-package that only `app` imports; `app` selects one by `stackmapd.store.kind`.
@NullMarked
package dev.stackmapd.store;

import org.jspecify.annotations.NullMarked;
