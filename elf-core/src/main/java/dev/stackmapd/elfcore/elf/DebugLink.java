package dev.stackmapd.elfcore.elf;

/// `.gnu_debuglink`: where a stripped file's debug information went.
///
/// @param fileName the debug file's name, without folders
/// @param crc32 CRC-32 (as in zip) of the whole debug file
public record DebugLink(String fileName, int crc32) {}
