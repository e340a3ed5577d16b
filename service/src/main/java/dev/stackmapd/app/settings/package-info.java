/// The settings, their checks at start, and the memory plan that is made from them.
///
/// Each concern has one record of settings. Read [dev.stackmapd.app.settings.IngestSettings] first, then
/// [dev.stackmapd.app.settings.MemoryPlan].
@NullMarked
package dev.stackmapd.app.settings;

import org.jspecify.annotations.NullMarked;
