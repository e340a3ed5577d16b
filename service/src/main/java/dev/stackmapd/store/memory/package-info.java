/// The store whose data lives as long as the process: for tests, trials and the sidecar.
@NullMarked
package dev.stackmapd.store.memory;

import org.jspecify.annotations.NullMarked;
