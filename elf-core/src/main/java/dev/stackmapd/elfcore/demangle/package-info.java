/// Converts mangled linker names to the names in the source: Itanium C++, Rust (legacy and v0) and D.
///
/// The spelling is that of LLVM. It knows nothing of files, symbol tables or addresses. Every name is
/// untrusted: nesting, work and output are limited ([DemangleLimits]), and a name that cannot be read is
/// returned unchanged. Read [Demangler] first.
@NullMarked
package dev.stackmapd.elfcore.demangle;

import org.jspecify.annotations.NullMarked;
