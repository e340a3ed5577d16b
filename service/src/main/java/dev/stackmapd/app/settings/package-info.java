/// The settings, their checks at start, and the memory plan that is made from them.
///
/// Read [dev.stackmapd.app.settings.StackmapdProperties] first, then [dev.stackmapd.app.settings.MemoryPlan].
@NullMarked
package dev.stackmapd.app.settings;

import org.jspecify.annotations.NullMarked;
