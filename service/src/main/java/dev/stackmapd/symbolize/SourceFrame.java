package dev.stackmapd.symbolize;

import dev.stackmapd.elfcore.symbols.Symbol;

/// One function that a piece of code belongs to.
///
/// @param function the name for people: demangled where it is mangled and can be read
/// @param rawName the name as the binary has it
/// @param functionOffset bytes from the function's start to the byte that was looked up, unsigned
/// @param origin the table that has the name
public record SourceFrame(String function, String rawName, long functionOffset, Symbol.Origin origin) {}
