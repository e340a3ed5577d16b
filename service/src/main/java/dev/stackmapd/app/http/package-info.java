/// What HTTP needs before and after a controller: body decoding with limits, problems (RFC 9457), error pages,
/// connectors, query parameters and the OpenAPI document.
///
/// Knows Spring and Tomcat; knows nothing of stacks, stores or binaries beyond the exceptions that become problems.
/// Read
/// [dev.stackmapd.app.http.BodyGate] and [dev.stackmapd.app.http.Problems] first.
@NullMarked
package dev.stackmapd.app.http;

import org.jspecify.annotations.NullMarked;
