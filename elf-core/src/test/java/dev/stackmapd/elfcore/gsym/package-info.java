/// GSYM, LLVM's symbol file, version 1: reads it, and writes it from a symbol index, so that `llvm-gsymutil`
/// can be held against the index.
///
/// Knows `index`; knows nothing of who asks.
@NullMarked
package dev.stackmapd.elfcore.gsym;

import org.jspecify.annotations.NullMarked;
