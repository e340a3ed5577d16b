/// Asks the debuginfod servers that the operator names for what this service does not hold.
///
/// All upstreams are asked at once; the first whose file the caller has verified wins. Everything that a stranger's
/// server may do is bounded here: time, bytes, redirects, addresses, headers. What became of each request is a value
/// with a reason ([CallOutcome]) and an instant until which it is not asked again.
///
/// Knows `elf-core` for the build-id, and an HTTP client; knows nothing of where bytes are kept ([DownloadSinkFactory],
/// [DownloadSink]), of
/// serving or of Spring. Read [DebuginfodUpstreams] first.
@NullMarked
package dev.stackmapd.upstream;

import org.jspecify.annotations.NullMarked;
