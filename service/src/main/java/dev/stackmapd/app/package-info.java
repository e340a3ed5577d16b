/// Assembles the service from the packages below it, one configuration per slice. Its sub-packages have what only the
/// edge knows: `http`, `settings`, `security`, `metrics` and `health`. No other package depends on it.
///
/// Read [SettingsConfiguration] first.
@NullMarked
package dev.stackmapd.app;

import org.jspecify.annotations.NullMarked;
