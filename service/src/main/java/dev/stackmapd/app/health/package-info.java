/// Health indicators: whether connectors accept requests and worker threads run.
@NullMarked
package dev.stackmapd.app.health;

import org.jspecify.annotations.NullMarked;
