/// GSYM, LLVM's symbol file, version 1: read it, and write it from a symbol index, for exchange with other tools.
///
/// Knows `index`; knows nothing of who asks.
@NullMarked
package dev.stackmapd.elfcore.gsym;

import org.jspecify.annotations.NullMarked;
