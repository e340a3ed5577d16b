/// Builds symbol indexes in the background, keeps them in a folder within the quota of the artifact store, and
/// opens them.
///
/// Knows `artifact.disk` and `elf-core`; knows nothing of queries. Read
/// [dev.stackmapd.symbolize.index.IndexBuilds] first.
@NullMarked
package dev.stackmapd.symbolize.index;

import org.jspecify.annotations.NullMarked;
