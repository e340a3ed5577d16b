/// Binaries and debug files by build-id, from all sources: folders and `.build-id` trees of the operator
/// (`folder`, read only), uploads of clients (`upload`) and downloads from upstreams
/// (`dev.stackmapd.upstream`), both kept in `disk`. `describe` describes a file to people.
///
/// A file without a build-id is held under its htlhash, the hash of its contents that OpenTelemetry
/// defines, and every file that is held is found by its htlhash too (`Artifacts.heldAs`). Upstreams and
/// `.build-id` trees know build-ids only. A file's own build-id or htlhash identifies the binary, never
/// its name or path. A build-id is only a claim: files that contradict one another are distinguished by
/// the addresses of their code, and the most trusted one is used (`Selection`).
///
/// Knows `elf-core`, and `resolve` for the layouts of mapped files; knows nothing of stacks or of
/// symbolization. Read [dev.stackmapd.artifact.Artifacts] first.
@NullMarked
package dev.stackmapd.artifact;

import org.jspecify.annotations.NullMarked;
