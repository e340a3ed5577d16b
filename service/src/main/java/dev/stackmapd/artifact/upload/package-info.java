/// Takes binaries and debug files from clients, whole, in pieces, or over Pyroscope's debug information protocol.
///
/// Knows `artifact`, which decides what is kept. Only its controllers know Spring. Read
/// [dev.stackmapd.artifact.upload.UploadController] first.
@NullMarked
package dev.stackmapd.artifact.upload;

import org.jspecify.annotations.NullMarked;
