/// Wires the rooms together: settings, error mapping, health, metrics. Nothing depends on it.
@NullMarked
package dev.stackmapd.app;

import org.jspecify.annotations.NullMarked;
