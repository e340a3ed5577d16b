/// Mangled linker names to what a person wrote: Itanium C++, Rust (legacy and v0) and D.
///
/// Spelling is LLVM's. Reads names only; knows nothing of files, symbol tables or addresses. Every name is untrusted:
/// nesting, work and output are capped ([DemangleLimits]), and what cannot be read is given back as it came.
@NullMarked
package dev.stackmapd.elfcore.demangle;

import org.jspecify.annotations.NullMarked;
