/// GSYM, LLVM's symbol file, version 1: reads it, and writes it from a symbol index, so that the index
/// can be compared with `llvm-gsymutil`.
///
/// It knows `index`, and nothing of its callers.
@NullMarked
package dev.stackmapd.elfcore.gsym;

import org.jspecify.annotations.NullMarked;
