/// Binaries and debug files by build-id, from wherever they come: folders and `.build-id` trees that the operator
/// names (`folder`, read only), what clients send (`upload`) and upstreams give (`dev.stackmapd.upstream`), both kept
/// in
/// `disk`. `describe` shows a file to people.
///
/// A file without a build-id is held under its htlhash, the hash of its contents that OpenTelemetry defines, and every
/// file that is held is found by its htlhash too (`Artifacts.heldAs`). Upstreams and `.build-id` trees know build-ids
/// only. A file's own build-id or htlhash says which binary it claims to be, never its name or place. A build-id is
/// only
/// a claim: files that contradict one another are told apart by where their code lies, and the most trusted one is used
/// (`Selection`).
///
/// Knows `elf-core`, and `resolve` for what it asks about mapped files; knows nothing of stacks or of names for
/// addresses.
/// Read [dev.stackmapd.artifact.Artifacts] first.
@NullMarked
package dev.stackmapd.artifact;

import org.jspecify.annotations.NullMarked;
