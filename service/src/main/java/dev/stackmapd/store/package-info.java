/// Keeps stacks and how often each was seen, behind one interface ([StackStore]).
///
/// Knows `stack` and `stackmap`; knows nothing of HTTP, symbols or Spring. Each way of keeping things is a sub-package
/// that no other room but `app` imports; `app` picks one by `stackmapd.store.kind`.
@NullMarked
package dev.stackmapd.store;

import org.jspecify.annotations.NullMarked;
