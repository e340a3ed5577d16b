/// Our debuginfod server: files and sections by build-id, ranges included, source files, and the state of the
/// upstreams.
///
/// Knows `artifact` and `upstream`. Only its controllers know Spring. Read
/// [dev.stackmapd.debuginfod.DebuginfodController] first.
@NullMarked
package dev.stackmapd.debuginfod;

import org.jspecify.annotations.NullMarked;
