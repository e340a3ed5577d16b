/// Metrics that belong to no other package, and helpers to register them with Micrometer.
@NullMarked
package dev.stackmapd.app.metrics;

import org.jspecify.annotations.NullMarked;
