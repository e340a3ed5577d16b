/// Binaries and debug files by build-id, and every way to them: folders and `.build-id` trees that the operator names
/// (read only), what clients send and upstreams give (kept in `disk`, fetched by `upstream`), and out again over the
/// debuginfod protocol.
///
/// A file without a build-id is held under its htlhash, the hash of its contents that OpenTelemetry defines, and every
/// file that is held is found by its htlhash too (`Artifacts.heldAs`). Upstreams and `.build-id` trees know build-ids
/// only.
///
/// A build-id is only a claim: files that contradict one another are told apart by where their code lies, and the most
/// trusted one counts (`Selection`).
///
/// Knows `elf-core`, `resolve` for what it asks about mapped files, and `ingest` for what is refused; knows nothing of
/// stacks or of names for addresses. Only its controllers know HTTP and Spring. A file's own build-id or htlhash says
/// which binary it claims to be, never its name or place.
@NullMarked
package dev.stackmapd.artifact;

import org.jspecify.annotations.NullMarked;
