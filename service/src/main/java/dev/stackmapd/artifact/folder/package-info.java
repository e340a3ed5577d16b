/// Finds binaries and debug files in folders that the operator names, and reads what they are. Never writes.
///
/// Knows `artifact.disk` for the description of an artifact. Read [dev.stackmapd.artifact.folder.DirectoryArtifacts]
/// first.
@NullMarked
package dev.stackmapd.artifact.folder;

import org.jspecify.annotations.NullMarked;
