/// The store that lives as long as the process: for tests, first looks and the sidecar.
@NullMarked
package dev.stackmapd.store.memory;

import org.jspecify.annotations.NullMarked;
