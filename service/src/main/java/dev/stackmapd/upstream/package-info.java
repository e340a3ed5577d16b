/// The debuginfod client: fetches files from the servers that the operator configures.
///
/// All upstreams are asked at once; the first whose file the caller has verified wins. This package
/// bounds what an untrusted server may do: time, bytes, redirects, addresses, headers. The outcome of
/// each request is a value with a reason ([CallOutcome]) and a time before which the upstream is not
/// asked again.
///
/// Knows `elf-core` for the build-id, and an HTTP client; knows nothing of where bytes are kept
/// ([DownloadSinkFactory], [DownloadSink]), of serving or of Spring. Read [DebuginfodUpstreams] first.
@NullMarked
package dev.stackmapd.upstream;

import org.jspecify.annotations.NullMarked;
