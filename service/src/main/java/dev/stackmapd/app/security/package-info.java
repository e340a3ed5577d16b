/// Which requests are refused whatever they ask for: foreign `Host` and `Origin` headers on a loopback address.
///
/// Knows `app.http` for problems and `app.settings` for addresses. Read
/// [dev.stackmapd.app.security.RequestCheckFilter] first.
@NullMarked
package dev.stackmapd.app.security;

import org.jspecify.annotations.NullMarked;
