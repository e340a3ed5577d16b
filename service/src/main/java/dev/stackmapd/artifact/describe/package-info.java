/// Describes binaries to people: the JSON of artifacts, conflicts and damages, and the ELF facts that jelf reads.
///
/// Read [dev.stackmapd.artifact.describe.ElfDescription] first.
@NullMarked
package dev.stackmapd.artifact.describe;

import org.jspecify.annotations.NullMarked;
