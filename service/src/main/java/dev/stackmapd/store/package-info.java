/// Keeps stacks, how often each was seen in which series and when, and the binaries they go through, behind small
/// ports.
/// Read [dev.stackmapd.store.Store] first.
///
/// Knows `stack`, `series` and `dedupe`; knows nothing of HTTP, symbols or Spring. Each way of keeping things is a
/// sub-package that no other package but `app` imports; `app` picks one by `stackmapd.store.kind`.
@NullMarked
package dev.stackmapd.store;

import org.jspecify.annotations.NullMarked;
